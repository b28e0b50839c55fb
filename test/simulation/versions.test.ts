import { afterEach, describe, expect, it } from '@jest/globals';
import type { ArrayConnection } from '../../driver/src/backends/backend.ts';
import { everyFamily } from '../../driver/src/compose-backends.ts';
import type { FleetSnapshot } from '../../driver/src/domain/array.ts';
import { arrayStatus } from '../../driver/src/kube/array-status.ts';
import type { Logger } from '../../driver/src/lib/logger.ts';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { ManualClock } from '../../driver/src/lib/manual-clock.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { Fleet } from '../../driver/src/orchestrator/fleet.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../driver/src/rest/transport.ts';
import { createBlade } from '../simulator/blade.ts';
import { SimClock } from '../simulator/common/sim-clock.ts';
import { createArray } from '../simulator/fleet.ts';
import { parseScenario } from '../simulator/scenario.ts';
import type { SimulatedArray } from '../simulator/simulated-array.ts';
import { SimulatedBlade } from '../simulator/simulated-blade.ts';

const POLL_MS = 60_000;

/** Straight to the array, without sockets. */
class DirectWire implements Transport {
  readonly #core: SimulatedArray['core'] | SimulatedBlade['core'];

  constructor({ core }: SimulatedArray | SimulatedBlade) {
    this.#core = core;
  }

  async exchange({ method, path, headers, body }: HttpRequest): Promise<HttpResponse> {
    return this.#core.handle({ method, url: path, headers, body: body ?? '' });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const connectionOf = (array: SimulatedArray | SimulatedBlade): ArrayConnection => ({
  endpoint: array.name,
  kind: array instanceof SimulatedBlade ? 'flashblade' : 'flasharray',
  labels: {},
  cordoned: false,
  apiToken: array.core.settings.tokens.find(({ role }) => role === 'admin')?.token ?? '',
  caBundle: null,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
});

let fleet: Fleet | null = null;

afterEach(async () => {
  await fleet?.close();
  fleet = null;
});

/** A fleet of `well`, `sick` (a FlashArray) and `sick-blade`, which have other REST versions than this driver. */
function start(versions: readonly string[]) {
  const clock = new ManualClock(1000);
  const told: string[] = [];
  const tell: Logger['warn'] = (_fields, message) => void told.push(message);
  const scenario = parseScenario({
    arrays: [{ name: 'well' }, { name: 'sick' }, { name: 'sick-blade', kind: 'flashblade' }],
  });
  const options = { clock: new SimClock(() => Math.floor(clock.wallMs())) };
  const arrays = [
    ...scenario.arrays.map(given => createArray(given, scenario, options)),
    ...scenario.blades.map(given => createBlade(given, scenario, options)),
  ];
  const sick = arrays.filter(({ name }) => name !== 'well');
  const before = sick.map(({ core }) => core.state.conditions.versions);
  for (const { core } of sick) core.state.conditions.versions = versions;
  const made = new Fleet({
    clock,
    logger: { ...silentLogger, warn: tell, info: tell },
    pollMs: POLL_MS,
    makeBackend: everyFamily({
      clock,
      random: seededRandom(1),
      userAgent: 'pure-pso/test',
      transportFactory: ({ endpoint }) => {
        const array = arrays.find(({ name }) => name === endpoint);
        if (!array) throw new Error(`no array ${endpoint}`);
        return new DirectWire(array);
      },
    }),
  });
  fleet = made;
  made.configure(arrays.map(connectionOf));
  const upgrade = () => {
    for (const [index, { core }] of sick.entries()) core.state.conditions.versions = before[index] ?? [];
  };
  return { clock, told, arrays, upgrade, snapshot: (): FleetSnapshot => made.snapshot() };
}

const troublesOf = ({ arrays }: FleetSnapshot): Readonly<Record<string, string | null>> =>
  Object.fromEntries(arrays.map(({ settings, trouble }) => [settings.endpoint, trouble]));

describe.each([
  ['too old', ['2.0', '2.1'], /its newest is 2\.1.*Upgrade Purity/],
  ['too new', ['3.0', '3.1'], /its newest is 3\.1.*Upgrade this driver/],
])('arrays whose REST is %s', (_what, versions, sentence) => {
  it('are named with the reason and the remedy, once, and used as soon as they speak a known version', async () => {
    const { clock, told, upgrade, snapshot } = start(versions);
    await clock.advance(POLL_MS);
    expect(troublesOf(snapshot())).toEqual({
      well: null,
      sick: expect.stringMatching(sentence),
      'sick-blade': expect.stringMatching(sentence),
    });
    const [, sick] = snapshot().arrays;
    expect(sick && arrayStatus(sick, clock)).toMatchObject({
      health: 'Trouble',
      trouble: expect.stringMatching(sentence),
    });
    const aboutSick = told.filter(message => message.includes('speaks no REST version'));
    expect(aboutSick).toHaveLength(2);

    upgrade();
    await clock.advance(POLL_MS);
    expect(troublesOf(snapshot())).toEqual({ well: null, sick: null, 'sick-blade': null });
    expect(snapshot().arrays.every(({ observation }) => observation !== null)).toBe(true);
  });
});

it('an array that was taken back to an older version is used on with that', async () => {
  const { clock, arrays, snapshot } = start(['2.26']);
  await clock.advance(POLL_MS);
  const sick = arrays.find(({ name }) => name === 'sick');
  if (sick) sick.core.state.conditions.versions = ['2.4'];
  await clock.advance(15 * POLL_MS);
  const [, state] = snapshot().arrays;
  expect(state?.trouble).toBeNull();
  expect(state?.observation?.identity.restVersion).toBe('2.4');
});
