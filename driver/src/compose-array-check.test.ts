import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpEndpoint } from './adapters/http-endpoint.ts';
import { serveArrayChecks } from './compose-array-check.ts';

let endpoint: HttpEndpoint;
let reviewed: string[];
afterEach(() => endpoint.close());

/** A controller without arrays; nobody listens at the addresses that it is asked to look at. */
async function ask(body: string | object): Promise<{ readonly status: number; readonly text: string }> {
  reviewed = [];
  endpoint = await serveArrayChecks('127.0.0.1:0', {
    defaults: { iscsiAllowedCidrs: [] },
    configured: () => [],
    fleet: () => [],
    mayAsk: ticket => {
      reviewed.push(ticket);
      return Promise.resolve(ticket === 'good');
    },
  });
  return post(typeof body === 'string' ? body : JSON.stringify(body));
}
async function post(body: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${endpoint.port}/v1/array`, { method: 'POST', body });
  return { status: answer.status, text: await answer.text() };
}
const entry = { MgmtEndPoint: '127.0.0.1:1', APIToken: 'canary' };

describe('the service that checks arrays', () => {
  it('answers who has a ticket, also when the array is away', async () => {
    const { status, text } = await ask({ ticket: 'good', FlashArrays: [entry] });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      state: 'refused',
      endpoint: '127.0.0.1:1',
      reference: expect.stringMatching(/array-unreachable/) as unknown,
    });
    expect(text).not.toContain('canary');
  });

  it('does nothing for who has none', async () => {
    const { status, text } = await ask({ ticket: 'bad', FlashArrays: [entry] });
    expect({ status, reviewed }).toEqual({ status: 403, reviewed: ['bad'] });
    expect((JSON.parse(text) as { error: string }).error).toMatch(/ticket is not valid.*kubectl create token/);
  });

  it('lets one wait for the other', async () => {
    await ask('{');
    const question = JSON.stringify({ ticket: 'good', FlashArrays: [entry] });
    const both = await Promise.all([post(question), post(question)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
  });

  it.each<[string | object, RegExp]>([
    ['{', /no JSON/],
    [{ ticket: 'good', FlashArrays: [{ ...entry, MgmtEndPoint: 'https://a' }] }, /MgmtEndPoint is .*without https/],
    [{ ticket: 'good', FlashArrays: [{ ...entry, MgmtEndPoint: 'a/b?c' }] }, /MgmtEndPoint is/],
    [{ ticket: 'good', FlashArrays: [{ ...entry, APIToken: 'canary 1' }] }, /APIToken is set: must be a token without/],
    [{ ticket: 'good', FlashArrays: [{ ...entry, APIToken: 5 }] }, /APIToken is set/],
    [{ ticket: 'good', FlashArrays: [{ ...entry, caBundle: 'x' }] }, /caBundle is/],
    [{ ticket: 'good', FlashArrays: [{ MgmtEndPoint: 'a' }] }, /APIToken is missing/],
  ])('refuses %j by name, and shows no token', async (body, words) => {
    const { status, text } = await ask(body);
    expect(status).toBe(400);
    const { error } = JSON.parse(text) as { error: string };
    expect(error).toMatch(words);
    expect(error).not.toContain('canary');
  });

  it('reads no long body, and nothing but POST', async () => {
    expect(await ask('x'.repeat(80 * 1024))).toMatchObject({ status: 413 });
    expect((await fetch(`http://127.0.0.1:${endpoint.port}/v1/array`)).status).toBe(405);
  });
});
