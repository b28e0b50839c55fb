import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { ArrayCheck, type ArrayCheckParts } from '../../driver/src/array-check/array-check.ts';
import { readQuestion } from '../../driver/src/array-check/read-question.ts';
import { everyFamily } from '../../driver/src/compose-backends.ts';
import { loadFleet, type LoadedArray } from '../../driver/src/config/load.ts';
import type { ArrayState } from '../../driver/src/domain/array.ts';
import type { ArrayCheckAnswer, CheckedArray, RefusedArray } from '../../driver/src/domain/array-check.ts';
import { TiB } from '../../driver/src/domain/bytes.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Clock } from '../../driver/src/lib/clock.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { ReadingTransport } from '../../driver/src/rest/reading-transport.ts';
import { startFleet, type Running, type RunningFleet } from '../simulator/fleet.ts';
import { issueCertificate } from '../simulator/server/certificate.ts';
import { ManualClock } from '../support/manual-clock.ts';

const TICKET = 'ticket-of-the-api-server';
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(scenario: Parameters<typeof startFleet>[0] & object): Promise<RunningFleet> {
  const fleet = await startFleet(scenario);
  closers.push(() => fleet.close());
  return fleet;
}

function checker(more: Partial<ArrayCheckParts> = {}, clock: Clock = systemClock): ArrayCheck {
  const makeBackend = everyFamily({
    clock,
    random: seededRandom(1),
    transportFactory: given => new ReadingTransport(new HttpsTransport(given)),
    userAgent: 'pure-pso/test',
  });
  return new ArrayCheck({
    clock,
    makeBackend,
    defaults: { iscsiAllowedCidrs: [] },
    configured: () => [],
    fleet: () => [],
    mayAsk: ticket => Promise.resolve(ticket === TICKET),
    ...more,
  });
}

const entryOf = ({ endpoint, apiToken, caCertificate }: Running): object => ({
  MgmtEndPoint: endpoint,
  APIToken: apiToken,
  caBundle: caCertificate,
});
const question = (entry: object, list = 'FlashArrays') =>
  readQuestion(JSON.stringify({ ticket: TICKET, [list]: [entry] }));
/** A new process each time: there is no turn to wait for. */
const ask = (entry: object, list = 'FlashArrays', more: Partial<ArrayCheckParts> = {}): Promise<ArrayCheckAnswer> =>
  checker(more).ask(question(entry, list));

async function answered(asked: Promise<ArrayCheckAnswer>): Promise<CheckedArray> {
  const answer = await asked;
  if (answer.state === 'answered') return answer;
  throw new Error(`expected an array, got: ${answer.sentence}`);
}
async function refused(asked: Promise<ArrayCheckAnswer>): Promise<RefusedArray> {
  const answer = await asked;
  if (answer.state === 'refused') return answer;
  throw new Error(`expected a refusal, got ${JSON.stringify(answer)}`);
}
async function failure(asked: Promise<ArrayCheckAnswer>): Promise<PsoError> {
  const outcome = await asked.catch((error: unknown) => error);
  if (outcome instanceof PsoError) return outcome;
  throw new Error(`expected a PsoError, got ${JSON.stringify(outcome)}`);
}
const methods = ({ requestLog }: Running): readonly string[] => [
  ...new Set(requestLog.entries().map(({ method, url }) => (method === 'GET' ? method : `${method} ${url}`))),
];

/** Something that is no array, and says what the test tells it. */
async function serve(respond: (url: string) => readonly [number, string, Record<string, string>?]): Promise<object> {
  const { certificate, privateKey, caCertificate } = issueCertificate({
    commonName: 'other',
    subjectAltNames: ['127.0.0.1'],
    validFrom: new Date(Date.now() - 86_400_000),
    validTo: new Date(Date.now() + 86_400_000),
  });
  const server = createServer({ cert: certificate, key: privateKey }, ({ url = '' }, response) => {
    const [status, body, headers = {}] = respond(url);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise<void>(resolve => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return { MgmtEndPoint: `127.0.0.1:${port}`, APIToken: 'canary-token', caBundle: caCertificate };
}

describe('an array that can be used', () => {
  it.each(['2.4', '2.26', '2.44'])(
    'of REST %s is told with portals, capacity and whose token it is',
    async restVersion => {
      const fleet = await start({ arrays: [{ name: 'fa1', size: '20Ti', fill: 0.3, restVersion }] });
      const array = fleet.find('fa1');
      const answer = await answered(ask(entryOf(array)));
      expect(answer).toMatchObject({
        name: 'fa1',
        kind: 'flasharray',
        restVersion,
        nodeProtocol: 'iscsi',
        capacity: { totalBytes: 20 * TiB },
        account: { user: 'pureuser', role: 'array_admin' },
        isSavedToken: false,
        warnings: [],
      });
      expect(answer.capacity.usedBytes).toBeGreaterThan(5 * TiB);
      expect(answer.protocols).toContain('iscsi');
      const portals = answer.portals.filter(({ protocol }) => protocol === 'iscsi');
      expect(portals.length).toBeGreaterThan(1);
      for (const { address } of portals) expect(address).toMatch(/^[\d.]+:3260$/);
      expect(JSON.stringify(answer)).not.toContain(array.apiToken);
    },
  );

  it('is only read, and its session ended', async () => {
    const fleet = await start({ arrays: [{ name: 'fa1', size: '20Ti', restVersion: '2.44' }] });
    const array = fleet.find('fa1');
    await ask(entryOf(array));
    expect(methods(array)).toEqual(['GET', 'POST /api/2.44/login', 'POST /api/2.44/logout']);
    expect(array.array.core.sessions.size).toBe(0);
  });

  it('is known as a Cloud Block Store by itself', async () => {
    const cloud = { region: 'westeurope', zone: '1', capacitySteps: ['10Ti', '20Ti'] };
    const fleet = await start({ arrays: [{ name: 'cbs1', size: '10Ti', model: 'CBS-V10MP2R2', cloud }] });
    const answer = await answered(ask(entryOf(fleet.find('cbs1'))));
    expect(answer).toMatchObject({
      kind: 'cloud-block-store',
      model: 'CBS-V10MP2R2',
      protocols: ['iscsi'],
      warnings: [],
    });
    expect(answer.portals).toHaveLength(2);
  });

  it('may be a FlashBlade', async () => {
    const fleet = await start({
      arrays: [{ kind: 'flashblade', name: 'fb1', size: '50Ti', dataAddress: '10.66.3.60' }],
    });
    const blade = fleet.findBlade('fb1');
    expect(await answered(ask(entryOf(blade), 'FlashBlades'))).toMatchObject({
      name: 'fb1',
      kind: 'flashblade',
      protocols: ['nfs'],
      nodeProtocol: 'nfs',
      portals: [{ protocol: 'nfs', address: '10.66.3.60', isAllowed: true }],
      account: { user: 'pureuser', role: 'array_admin' },
      warnings: [],
    });
    expect(methods(blade)).toEqual(['GET', 'POST /api/login', 'POST /api/logout']);
  });
});

describe('what would be in the way of volumes', () => {
  it('is told in sentences: role, networks, protocol, trust, and an array that is there already', async () => {
    const fleet = await start({ arrays: [{ name: 'fa1', size: '20Ti', protocols: ['iscsi'] }] });
    const array = fleet.find('fa1');
    const entry = entryOf(array);
    const warnings = async (more: object, parts: Partial<ArrayCheckParts> = {}): Promise<string> =>
      (await answered(ask({ ...entry, ...more }, 'FlashArrays', parts))).warnings.join('\n');
    expect(await warnings({ APIToken: array.readonlyToken })).toMatch(/user observer with the role readonly/);
    expect(await warnings({ iSCSIAllowedCIDR: '192.0.2.0/24' })).toMatch(/outside the allowed networks/);
    const nvme = { defaults: { iscsiAllowedCidrs: [], sanType: 'nvme-tcp' } } as const;
    expect(await warnings({}, nvme)).toMatch(/use NVMe\/TCP, for which it has no portal/);
    expect(await warnings({ verifyTLS: false })).toMatch(/certificate is not checked/);
    const known = (endpoint: string, id: string): Partial<ArrayCheckParts> => ({
      fleet: () => [stateOf(endpoint, id)],
    });
    const { id } = array.array.core.state.reference as { readonly id: string };
    expect(await warnings({}, known('other.example', id))).toMatch(/configured already, as other\.example/);
    expect(await warnings({}, known('other.example', 'x'))).toMatch(/other\.example has the name fa1, too/);
    expect(await warnings({}, known(array.endpoint, id))).toBe('');
  });

  it('is said of a FlashBlade token that may only read', async () => {
    const fleet = await start({ arrays: [{ kind: 'flashblade', name: 'fb1', size: '50Ti' }] });
    const blade = fleet.findBlade('fb1');
    const answer = await answered(ask({ ...entryOf(blade), APIToken: blade.readonlyToken }, 'FlashBlades'));
    expect(answer.warnings.join()).toMatch(/role readonly/);
  });
});

describe('an array that refuses, or is none', () => {
  it('is told in the words of the catalogue', async () => {
    const fleet = await start({
      arrays: [
        { name: 'fa1', size: '20Ti' },
        { name: 'old', size: '20Ti', restVersion: '2.2' },
        { kind: 'flashblade', name: 'fb1', size: '50Ti' },
      ],
    });
    const array = entryOf(fleet.find('fa1'));
    const wrong = await refused(ask({ ...array, APIToken: 'canary-wrong-token' }));
    expect(wrong.sentence).toMatch(/refused the API token .*Create a token on the array/);
    expect(wrong.reference).toMatch(/errors\.md#array-token-refused$/);
    expect(JSON.stringify(wrong)).not.toContain('canary');
    expect((await refused(ask({ ...array, caBundle: null }))).reference).toMatch(/#array-certificate$/);
    expect((await refused(ask(entryOf(fleet.find('old'))))).sentence).toMatch(
      /speaks no REST version .*Upgrade Purity/,
    );
    const other = await refused(ask(entryOf(fleet.findBlade('fb1'))));
    expect(other.sentence).toMatch(/is a FlashBlade, not a FlashArray.*List it under FlashBlades/);
    expect((await refused(ask(array, 'FlashBlades'))).sentence).toMatch(/is a FlashArray, not a FlashBlade/);
  });

  it('that nobody answers for is tried once, and named', async () => {
    const { MgmtEndPoint } = (await serve(() => [200, ''])) as { MgmtEndPoint: string };
    await closers.pop()?.();
    const away = await refused(ask({ MgmtEndPoint, APIToken: 'canary' }));
    expect(away.sentence).toMatch(/cannot be reached .*ECONNREFUSED.*Check MgmtEndPoint/);
    expect((await refused(ask({ MgmtEndPoint: 'array.invalid', APIToken: 'canary' }))).sentence).toMatch(
      /name is not known/,
    );
  });

  it.each<readonly [string, readonly [number, string, Record<string, string>?]]>([
    ['a page', [200, '<html>inner secret</html>']],
    ['an object of another API', [403, '{"message":"inner secret"}']],
    ['errors like those of an array', [400, '{"errors":[{"message":"inner secret","context":"x"}]}']],
    ['a redirection', [302, '', { location: 'https://127.0.0.1:1/inner-secret' }]],
    ['failures', [500, '{"errors":[{"message":"inner secret","context":null}]}']],
  ])('that answers with %s is refused, and nothing of it is shown', async (_what, answer) => {
    const urls: string[] = [];
    const entry = await serve(url => {
      urls.push(url);
      return answer;
    });
    const { sentence } = await refused(ask(entry));
    expect(sentence).not.toMatch(/secret|canary/);
    expect(sentence).toMatch(/^Array 127\.0\.0\.1:\d+ /);
    expect([...new Set(urls)]).toEqual(['/api/api_version']);
  });

  it('shows no token, whoever repeats it', async () => {
    const said: Readonly<Record<string, object>> = {
      '/api/api_version': { version: ['2.44'] },
      '/api/2.44/arrays': { items: [{ id: 'i', name: 'canary-token', version: 'x canary-token' }] },
      '/api/2.44/arrays/space': { items: [{ capacity: 1 }] },
    };
    const entry = await serve(url => {
      const answer = said[url] ?? { items: [] };
      return [200, JSON.stringify(answer), { 'x-auth-token': 's' }];
    });
    const answer = await answered(ask(entry));
    expect(answer).toMatchObject({ name: '***', purityVersion: 'x ***' });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  it('that is silent is left after ten seconds', async () => {
    const clock = new ManualClock();
    const server = createServer({}, () => undefined).listen(0, '127.0.0.1');
    closers.push(() => new Promise<void>(resolve => server.close(() => resolve())));
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const asked = checker({}, clock).ask(
      question({ MgmtEndPoint: `127.0.0.1:${port}`, APIToken: 'canary', verifyTLS: false }),
    );
    await clock.advance(0);
    await clock.advance(10_000);
    expect((await refused(asked)).sentence).toMatch(/took too long|cannot be reached/);
  });
});

describe('the saved token', () => {
  it('is used for the configured address and its own certificate only', async () => {
    const fleet = await start({ arrays: [{ name: 'fa1', size: '20Ti' }] });
    const array = fleet.find('fa1');
    const text = JSON.stringify({ FlashArrays: [entryOf(array)] });
    const saved: readonly LoadedArray[] = loadFleet(text, { iscsiAllowedCidrs: [] }).arrays;
    const parts = { configured: () => saved };
    const { MgmtEndPoint, caBundle } = entryOf(array) as { MgmtEndPoint: string; caBundle: string };
    expect(await answered(ask({ MgmtEndPoint, caBundle }, 'FlashArrays', parts))).toMatchObject({ isSavedToken: true });
    const before = array.requestLog.entries().length;
    for (const more of [{ verifyTLS: false }, { caBundle: null }, { certificateSha256: array.certificateSha256 }]) {
      const error = await failure(ask({ MgmtEndPoint, caBundle, ...more }, 'FlashArrays', parts));
      expect(error.sentence).toMatch(/saved one is not shown to another certificate/);
    }
    expect((await failure(ask({ MgmtEndPoint, caBundle }, 'FlashBlades', parts))).id).toBe('array-check-invalid');
    expect((await failure(ask({ MgmtEndPoint, caBundle }))).sentence).toMatch(
      /no array of that MgmtEndPoint is configured/,
    );
    expect(array.requestLog.entries()).toHaveLength(before);
  });
});

function stateOf(endpoint: string, id: string): ArrayState {
  return {
    settings: { endpoint, kind: 'flasharray', labels: {}, cordoned: false },
    observation: {
      identity: { id, name: 'fa1', kind: 'flasharray', model: 'x', purityVersion: '', restVersion: '' },
      capacity: { totalBytes: TiB, usedBytes: 0, provisionedBytes: null },
      load: null,
      protocols: [],
      supportsQos: true,
      warnings: [],
      observedAtMs: 0,
    },
    trouble: null,
  };
}
