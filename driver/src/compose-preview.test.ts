import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpEndpoint } from './adapters/http-endpoint.ts';
import { servePreviews } from './compose-preview.ts';
import { GiB, TiB } from './domain/bytes.ts';
import { HandleResolver } from './orchestrator/handle-resolver.ts';
import { Reservations } from './orchestrator/reservations.ts';
import { makeBench } from './orchestrator/testing/bench.ts';
import { DEFAULT_POLICY } from './placement/framework.ts';

let endpoint: HttpEndpoint;
afterEach(() => endpoint.close());

async function serve(): Promise<string> {
  const { clock, fleet } = makeBench(3);
  endpoint = await servePreviews('127.0.0.1:0', {
    clock,
    fleet,
    clusterId: 'k8s',
    handles: new HandleResolver({ clock, fleet, clusterId: 'k8s' }),
    volumeIds: () => null,
    random: () => 0.5,
    reservations: new Reservations(clock),
    policy: { ...DEFAULT_POLICY, maxDataAgeMs: Infinity },
    protocols: ['iscsi'],
  });
  return `http://127.0.0.1:${endpoint.port}/v1/placement`;
}

const ask = async (body: string | object): Promise<{ readonly status: number; readonly text: string }> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(await serve(), { method: 'POST', body: text });
  return { status: answer.status, text: await answer.text() };
};
const array = { endpoint: 'a', capacity: { totalBytes: TiB, usedBytes: 0 } };

describe('preview', () => {
  it('answers where claims would go, with every candidate and no secret', async () => {
    const { status, text } = await ask({ sizeBytes: 10 * GiB, count: 2, parameters: { backend: 'block' }, seed: 1 });
    expect(status).toBe(200);
    const answer = JSON.parse(text) as { claims: { chosen: string; candidates: object[] }[] };
    expect(answer.claims.map(({ candidates }) => candidates.length)).toEqual([3, 3]);
    expect(answer.claims[0]?.chosen).toMatch(/^array-[012]$/);
    expect(text).not.toMatch(/token/i);
  });

  it('takes an imagined fleet with no more than names and sizes', async () => {
    const { status, text } = await ask({ sizeBytes: GiB, arrays: [array] });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ isImagined: true, claims: [{ chosen: 'a' }] });
  });

  it.each<[string | object, RegExp]>([
    ['{', /The question is no JSON: .*Correct it and ask again/],
    ['[]', /The question is \[\]: /],
    [{}, /sizeBytes is missing: /],
    [{ sizeBytes: GiB, count: 101 }, /count is 101: .*100/],
    [{ sizeBytes: 0.5 }, /sizeBytes is 0\.5: /],
    [{ sizeBytes: GiB, colour: 'red' }, /The question is .*colour/],
    [{ sizeBytes: GiB, arrays: [{ ...array, capacity: { totalBytes: -1, usedBytes: 0 } }] }, /arrays\[0\]\.capacity\.totalBytes is -1: /], // prettier-ignore
    [{ sizeBytes: GiB, arrays: [array, array] }, /two arrays have one endpoint/],
    [{ sizeBytes: GiB, parameters: { colour: 'red' } }, /Parameter "colour" is unknown\. Known are/],
    [{ sizeBytes: GiB, parameters: { arraySelector: '=' } }, /arraySelector="="/],
    [{ sizeBytes: GiB, attributes: { iops_limit: '1' } }, /iops_limit="1"/],
  ])('refuses %j by name', async (body, sentence) => {
    const { status, text } = await ask(body);
    expect(status).toBe(400);
    expect((JSON.parse(text) as { error: string }).error).toMatch(sentence);
  });

  it('reads no body without an end, and nothing but POST', async () => {
    const url = await serve();
    const large = await fetch(url, { method: 'POST', body: 'x'.repeat(600 * 1024) });
    expect(large.status).toBe(413);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}/other`, { method: 'POST' })).status).toBe(404);
  });

  it('lists what arrays keep of deleted volumes, by a GET alone', async () => {
    const url = (await serve()).replace('placement', 'deleted');
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ arrays: [{ name: 'a0', volumes: [], trouble: null }, {}, {}] });
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(405);
  });

  const askVolumes = async (question: object): Promise<{ readonly status: number; readonly body: unknown }> => {
    const url = (await serve()).replace('placement', 'volumes');
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(question) });
    return { status: answer.status, body: await answer.json() };
  };

  it('reports of volumes, and says of each that is not of this cluster that it is not', async () => {
    const { status, body } = await askVolumes({ handles: ['00000000-0000-4000-8000-000000000000/other'] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ volumes: [{ figures: null, trouble: expect.stringContaining('no volume of this') }] });
  });

  it.each<[object, RegExp]>([
    [{}, /handles is missing/],
    [{ handles: 'k8s-a' }, /handles is "k8s-a": /],
    [{ handles: [''] }, /handles\[0\] is "": /],
    [{ handles: Array.from({ length: 101 }, () => 'a') }, /handles is .*100/],
    [{ handles: Array.from({ length: 11 }, () => 'a'), details: true }, /handles is .*at most 10 volumes/],
    [{ handles: [], details: 'yes' }, /details is "yes": /],
    [{ handles: [], detail: true }, /The question is .*detail/],
  ])('refuses the question about volumes %j in a sentence', async (question, sentence) => {
    const { status, body } = await askVolumes(question);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toMatch(sentence);
  });

  it('tells how arrays fill, by a GET alone', async () => {
    const url = (await serve()).replace('placement', 'usage');
    expect(await (await fetch(url)).json()).toMatchObject({
      arrays: [{ name: 'a0', history: [{ usedBytes: 10 * TiB }], largest: [], busiest: [], trouble: null }, {}, {}],
    });
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(405);
  });

  it('is quick with a hundred claims on a hundred arrays', async () => {
    const arrays = Array.from({ length: 100 }, (_, index) => ({ ...array, endpoint: `a${index}` }));
    const before = process.cpuUsage();
    const { status } = await ask({ sizeBytes: GiB, count: 100, arrays });
    const { user, system } = process.cpuUsage(before);
    expect(status).toBe(200);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
