import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import {
  items,
  json,
  lost,
  refusal,
  ScriptedTransport,
  TOKEN,
  unreachable,
} from '../../../test/support/scripted-transport.ts';
import { seededRandom } from '../lib/random.ts';
import { FLASH_ARRAY_DIALECT } from './dialect.ts';
import { RestClient, type ExchangeRecord, type RestCall } from './rest-client.ts';
import { RestError } from './rest-error.ts';
import { TransportError, type HttpResponse } from './transport.ts';

let clock: ManualClock;
let transport: ScriptedTransport;
let client: RestClient;
let records: ExchangeRecord[];

beforeEach(() => {
  clock = new ManualClock();
  transport = new ScriptedTransport();
  records = [];
  client = new RestClient({
    array: 'fa1',
    dialect: FLASH_ARRAY_DIALECT,
    apiToken: TOKEN,
    userAgent: 'test/1',
    transport,
    clock,
    random: seededRandom(1),
    maxConcurrency: 16,
    onExchange: record => records.push(record),
  });
});

const call = (timeoutMs = 20_000): RestCall => ({
  requestId: 'r1',
  priority: 'create',
  deadlineMs: clock.nowMs() + timeoutMs,
  signal: new AbortController().signal,
});
const get = (): Promise<unknown> => client.request({ method: 'GET', path: '/volumes?names=v' }, call());
const post = (): Promise<unknown> => client.request({ method: 'POST', path: '/volumes?names=v', body: {} }, call());

/** Runs the clock until the promise is settled; its error, when it failed. */
async function outcome(promise: Promise<unknown>, ms = 30_000): Promise<unknown> {
  const caught = promise.catch((error: unknown) => error);
  await clock.advance(ms);
  return await caught;
}
async function failure(promise: Promise<unknown>, ms?: number): Promise<RestError> {
  const error = await outcome(promise, ms);
  if (error instanceof RestError) return error;
  throw new Error(`expected a RestError, got ${String(error)}`);
}

describe('session', () => {
  it('logs in once for many requests, at the newest version both know', async () => {
    transport.on('GET /volumes', items());
    await Promise.all(Array.from({ length: 40 }, get));
    expect(transport.logins).toBe(1);
    expect(transport.requests[0]?.path).toBe('/api/2.42/volumes?names=v');
    expect(transport.requests[0]?.headers).toMatchObject({ 'x-auth-token': 'session-1', 'x-request-id': 'r1' });
  });
  it.each([
    [['2.4'], '2.4'],
    [['2.9', '2.10'], '2.10'],
    [['2.4', '2.56', '2.57', '3.0', '2.X'], '2.56'],
  ])('of %j uses %s', async (versions, expected) => {
    transport.versions = versions;
    transport.on('GET /volumes', items());
    await get();
    expect(transport.requests[0]?.path).toContain(`/api/${expected}/`);
  });
  it('says when the array is too old', async () => {
    transport.versions = ['1.19', '2.0', '2.3'];
    expect(await failure(get())).toMatchObject({
      failure: 'too-old',
      message: 'Array fa1 speaks no REST version from 2.4 to 2.56; its newest is 2.3.',
    });
  });
  it.each([[['3.0', '3.1']], [['2.57', '2.100', '2.99']]])('says when the array is too new: %j', async versions => {
    transport.versions = versions;
    expect(await failure(get())).toMatchObject({
      failure: 'too-new',
      message: `Array fa1 speaks no REST version from 2.4 to 2.56; its newest is ${versions[1] ?? ''}.`,
      nextStep: 'Upgrade this driver to a release that knows that version.',
    });
  });
  it('takes another version when the array no longer serves the one of the session', async () => {
    transport.on('GET /volumes', items());
    await get();
    transport.versions = ['2.26'];
    transport.rule(({ path }) =>
      path.startsWith('/api/2.42/') ? json(404, { errors: [{ message: 'Invalid REST API version.' }] }) : null,
    );
    await get();
    expect(transport.logins).toBe(2);
    expect(transport.requests.at(-1)?.path).toContain('/api/2.26/');
  });
  it('says when it is a FlashBlade', async () => {
    transport.on('GET /api/api_version', json(200, { versions: ['2.12'] }));
    expect((await failure(get())).message).toContain('is a FlashBlade');
  });
  it('of many requests that meet 401 at once makes one new login', async () => {
    transport.rule(request =>
      request.path.includes('/volumes')
        ? request.headers['x-auth-token'] === 'session-1'
          ? json(401, { errors: [{ message: 'Invalid session.' }] })
          : items()
        : null,
    );
    await Promise.all(Array.from({ length: 16 }, post));
    expect(transport.logins).toBe(2);
    expect(transport.calls).toHaveLength(32);
  });
  it('gives up after the second 401', async () => {
    transport.on('POST /volumes', json(401, { errors: [{ message: 'Invalid session.' }] }));
    expect(await failure(post())).toMatchObject({ failure: 'unauthenticated', isInDoubt: false });
    expect(transport.logins).toBe(2);
  });
  it('shows a refused token once, not once a request, and quotes nothing the array says', async () => {
    transport.on('POST /login', json(401, { errors: [{ message: `bad ${TOKEN}` }] }));
    const first = await failure(get(), 1);
    const second = await failure(get(), 1);
    expect(transport.logins).toBe(1);
    expect(first.message).toBe('Array fa1 refused the API token (HTTP 401).');
    expect(second.message + second.nextStep).not.toContain(TOKEN);
    await clock.advance(10_000);
    await failure(get(), 1);
    expect(transport.logins).toBe(2);
  });
  it('logs out on close', async () => {
    transport.on('GET /volumes', items());
    await get();
    await client.close();
    expect(transport).toMatchObject({ logouts: 1, isClosed: true });
    expect(await failure(get())).toMatchObject({ failure: 'closed' });
  });
});

describe('repeats', () => {
  it('waits as long as the array asks, then sends the write again', async () => {
    transport.on('POST /volumes', json(429, { message: 'slow down' }, { 'retry-after': '2' }), items());
    const promise = post();
    await clock.advance(1_900);
    expect(transport.calls).toHaveLength(1);
    await clock.advance(300);
    await promise;
    expect(transport.calls).toHaveLength(2);
  });
  it.each([
    [503, 'Service Unavailable'],
    [500, 'Server is busy.'],
  ])('takes %d %s for a refusal', async (status, message) => {
    transport.on('POST /volumes', json(status, { errors: [{ message }] }), items());
    expect(await outcome(post())).toMatchObject({ items: [] });
  });
  it('answers busy when the wait is longer than the deadline', async () => {
    transport.on('POST /volumes', json(429, {}, { 'retry-after': '60' }));
    expect(await failure(post(), 100)).toMatchObject({ failure: 'busy', isInDoubt: false });
  });
  it('never repeats a write that may have happened', async () => {
    transport.on('POST /volumes', lost());
    expect(await failure(post())).toMatchObject({ failure: 'lost', isInDoubt: true });
    expect(transport.calls).toHaveLength(1);
  });
  it.each([
    ['a lost answer', lost()],
    ['HTML', { status: 200, headers: {}, body: '<html>busy</html>' }],
    ['a failure', json(502, {})],
    ['no connection', unreachable()],
  ])('repeats a read after %s', async (_what, answer) => {
    transport.on('GET /volumes', answer, items());
    expect(await outcome(get())).toMatchObject({ items: [] });
  });
  it('repeats a write that was certainly not sent', async () => {
    transport.on('POST /volumes', unreachable(), items());
    expect(await outcome(post())).toMatchObject({ items: [] });
  });
  it.each([
    ['truncated JSON', '{"items":[{"na'],
    ['HTML', '<html></html>'],
    ['a list', '[]'],
  ])('leaves a write in doubt whose success is %s', async (_what, body) => {
    transport.on('POST /volumes', { status: 200, headers: {}, body });
    expect(await failure(post())).toMatchObject({ failure: 'malformed', isInDoubt: true });
  });
  it('leaves a write in doubt whose refusal cannot be read: it may have said "already exists"', async () => {
    transport.on('POST /volumes', { status: 400, headers: {}, body: '{"errors":[{"mess' });
    expect(await failure(post())).toMatchObject({ failure: 'malformed', isInDoubt: true });
  });
  it('leaves a write in doubt after 500', async () => {
    transport.on('POST /volumes', json(500, { errors: [{ message: 'Internal error.' }] }));
    expect(await failure(post())).toMatchObject({ failure: 'server-error', isInDoubt: true });
  });
  it('adds a tenth of the calls at most while everything is refused', async () => {
    transport.on('GET /volumes', json(429, {}));
    const offered = 400;
    const promises = Array.from({ length: offered }, () => get().catch(() => undefined));
    await clock.advance(30_000);
    await Promise.all(promises);
    expect(transport.calls.length).toBeLessThanOrEqual(offered * 1.1 + 10);
  });
});

describe('breaker', () => {
  const down = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) await failure(post(), 1_000);
  };

  it('stops asking an array that does not answer, says why, and finds out when it is back', async () => {
    transport.on('POST /volumes', unreachable());
    await down(6);
    const before = transport.calls.length;
    const error = await failure(post(), 0);
    expect(transport.calls).toHaveLength(before);
    expect(error.failure).toBe('unreachable');
    expect(error.message).toMatch(/left alone for \d+ s. Last: Array fa1 cannot be reached \(ECONNREFUSED\)/);
    transport.on('POST /volumes', items());
    await clock.advance(10_000);
    expect(await outcome(post())).toMatchObject({ items: [] });
    expect(await outcome(post())).toMatchObject({ items: [] });
  });
  it('lets one call at a time probe', async () => {
    transport.on('POST /volumes', unreachable());
    await down(6);
    await clock.advance(10_000);
    const before = transport.calls.length;
    await Promise.all(Array.from({ length: 10 }, () => failure(post(), 0)));
    expect(transport.calls.length - before).toBe(1);
  });
  it('is not opened by refusals', async () => {
    transport.on('POST /volumes', refusal('Volume already exists.', 'v'));
    await down(20);
    expect(transport.calls).toHaveLength(20);
  });
});

describe('deadline and cancellation', () => {
  it('gives the exchange the time that is left', async () => {
    transport.on('GET /volumes', items());
    await client.request({ method: 'GET', path: '/volumes' }, call(5_000));
    expect(transport.requests[0]?.timeoutMs).toBe(4_950);
  });
  it('does not wait for a login longer than the caller', async () => {
    transport.on('POST /login', new Promise<HttpResponse>(() => undefined));
    const error = await failure(client.request({ method: 'GET', path: '/volumes' }, call(3_000)), 3_000);
    expect(error).toMatchObject({ failure: 'timeout', isInDoubt: false });
  });
  it('sends nothing for a caller who has gone', async () => {
    const gone = { ...call(), signal: AbortSignal.abort() };
    const error = await failure(client.request({ method: 'GET', path: '/volumes' }, gone));
    expect(error.failure).toBe('cancelled');
    expect(transport.calls).toEqual([]);
  });
});

it.each([
  ['certificate-expired', /its TLS certificate has expired/, /Renew the certificate/],
  ['certificate-untrusted', /signed by no authority/, /CaBundle/],
  ['certificate-hostname', /for another name/, /MgmtEndPoint/],
  ['certificate-fingerprint', /not the one pinned/, /new fingerprint/],
  ['unknown-host', /name is not known/, /DNS/],
] as const)('names array, fault and remedy for %s', async (reason, message, nextStep) => {
  transport.on('GET /api/api_version', new TransportError(reason, 'not-sent', 'detail'));
  const error = await failure(get());
  expect(error.message).toMatch(/^Array fa1/);
  expect(error.message).toMatch(message);
  expect(error.nextStep).toMatch(nextStep);
});

it('reports each exchange without secrets', async () => {
  transport.on('GET /volumes', items());
  await get();
  await settle();
  expect(records).toEqual([{ array: 'fa1', method: 'GET', resource: '/volumes', status: 200, durationMs: 0 }]);
});
