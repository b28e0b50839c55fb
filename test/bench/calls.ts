import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Controller, Identity } from '../../driver/src/gen/csi_pb.js';
import type { BackendType, SanType } from '../../driver/src/domain/array.ts';
import type { Running } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';
import { Dice } from '../simulation/dice.ts';
import { NO_FAULTS } from '../simulation/fault-plan.ts';
import { makeWorld } from '../simulation/world.ts';
import { startController } from '../support/controller-process.ts';
import { connectCsi } from '../support/csi-client.ts';
import type { Bench } from './bench.ts';
import { createRequest, expandRequest, publishRequest } from './requests.ts';

interface Family {
  readonly title: string;
  readonly array: ScenarioInput['arrays'][number];
  readonly backend: BackendType;
  /** How nodes reach its block volumes; absent: iSCSI. */
  readonly sanType?: SanType;
}

const FAMILIES = {
  flashArray: { title: 'FlashArray, REST 2.44', array: { name: 'a1', restVersion: '2.44' }, backend: 'block' },
  flashArrayBelow239: { title: 'FlashArray, REST 2.38', array: { name: 'a1', restVersion: '2.38' }, backend: 'block' },
  flashArrayNvmeTcp: {
    title: 'FlashArray over NVMe/TCP, REST 2.44',
    array: { name: 'a1', restVersion: '2.44', protocols: ['nvme-tcp'] },
    backend: 'block',
    sanType: 'nvme-tcp',
  },
  flashBlade: { title: 'FlashBlade, newest REST', array: { name: 'a1', kind: 'flashblade' }, backend: 'file' },
  flashBlade23: {
    title: 'FlashBlade, REST 2.3',
    array: { name: 'a1', kind: 'flashblade', restVersion: '2.3' },
    backend: 'file',
  },
  cloudBlockStore: {
    title: 'Cloud Block Store',
    array: { name: 'a1', model: 'CBS-V10MP2R2', restVersion: '2.44', size: '10Ti' },
    backend: 'block',
  },
} as const satisfies Record<string, Family>;

/** No poll falls into the measurement. */
const SELDOM = { pollSeconds: 3600 };

type Counted = Record<string, number>;

/** Calls of one warm life cycle, by operation, through the driver as a process of its own. */
async function countLife(family: Family, say: (line: string) => void): Promise<Counted> {
  const { title, backend, sanType = 'iscsi' } = family;
  const fleet = await startFleet({ arrays: [family.array] });
  const [array] = [...fleet.arrays, ...fleet.blades];
  if (!array) throw new Error('The scenario has no array.');
  const driver = await startController([array], { settings: { ...SELDOM, sanType } });
  const csi = connectCsi(driver.csiEndpoint);
  const controller = csi.service(Controller);
  const identity = csi.service(Identity);
  const counted: Counted = {};
  const count = async <Result>(name: string, operation: () => Promise<Result>): Promise<Result> => {
    const before = array.requestLog.total();
    const result = await operation();
    counted[name] = array.requestLog.total() - before;
    say(`  ${name.padEnd(24)} ${counted[name]}  ${newest(array, counted[name])}`);
    return result;
  };
  const life = async (): Promise<void> => {
    const uuid = randomUUID();
    const { volume } = await count('create', () => controller.createVolume(createRequest(uuid, backend)));
    const volumeId = volume?.volumeId ?? '';
    await count('repeatedCreate', () => controller.createVolume(createRequest(uuid, backend)));
    await count('publish', () => controller.controllerPublishVolume(publishRequest(volumeId)));
    await count('expand', () => controller.controllerExpandVolume(expandRequest(volumeId)));
    const { snapshot } = await count('snapshot', () =>
      controller.createSnapshot({ name: `snapshot-${randomUUID()}`, sourceVolumeId: volumeId }),
    );
    await count('deleteSnapshot', () => controller.deleteSnapshot({ snapshotId: snapshot?.snapshotId ?? '' }));
    const { nodeId } = publishRequest(volumeId);
    await count('unpublish', () => controller.controllerUnpublishVolume({ volumeId, nodeId }));
    await count('deleteWithoutApiServer', () => controller.deleteVolume({ volumeId }));
    await count('probe', () => identity.probe({}));
    await count('getCapacity', () => controller.getCapacity({ parameters: { backend } }));
  };
  try {
    say(`${title}, cold:`);
    await life();
    say(`${title}, warm:`);
    await life();
    return counted;
  } finally {
    csi.close();
    await driver.stop();
    await fleet.close();
  }
}

const newest = (array: Running, count: number): string =>
  array.requestLog
    .entries()
    .slice(array.requestLog.entries().length - count)
    .map(
      ({ method, url }) =>
        `${method} ${decodeURIComponent(url)
          .replace(/^\/api\/[\d.]+/, '')
          .slice(0, 60)}`,
    )
    .join(' · ');

/** With the API server, the driver knows from its watch that a volume has no snapshots. Here the same code runs in this process. */
async function countDelete(): Promise<number> {
  const world = await makeWorld({
    dice: new Dice(1),
    plan: NO_FAULTS,
    scenario: { arrays: [{ name: 'fa1' }] },
    doubt: { windowMs: 0, gapMs: Infinity },
    ledger: { hasSnapshots: () => false },
  });
  const driver = world.startDriver();
  const log = world.arrays[0]?.log;
  const { signal } = new AbortController();
  let calls = NaN;
  let isDone = false;
  const run = async (): Promise<void> => {
    const made = await driver.call('createVolume', createRequest(randomUUID()), 10_000, signal);
    const volumeId = made.code === status.OK ? (made.response.volume?.volumeId ?? '') : '';
    const before = log?.total() ?? 0;
    const deleted = await driver.call('deleteVolume', { volumeId }, 10_000, signal);
    if (deleted.code === status.OK) calls = (log?.total() ?? 0) - before;
    isDone = true;
  };
  void run();
  await world.clock.run(() => isDone, 20_000);
  return calls;
}

/** Measured by the arrays' own request log, never by what the driver says. */
export const calls: Bench = {
  name: 'calls',
  summary: 'REST calls of each warm operation, by family, from the request logs of simulated arrays',
  options: {},
  run: async (_options, say) => {
    const figures: Counted = { 'flashArray.delete': await countDelete() };
    for (const [family, what] of Object.entries(FAMILIES)) {
      for (const [operation, count] of Object.entries(await countLife(what, say))) {
        figures[`${family}.${operation}`] = count;
      }
    }
    return { figures, bars: Object.fromEntries(Object.keys(figures).map(name => [name, { max: barOf(name) }])) };
  },
};

/** The most calls of a warm operation. Without the API server one more asks the array for snapshots before a deletion. */
function barOf(figure: string): number {
  const [family = '', operation = ''] = figure.split('.');
  const isFile = family.startsWith('flashBlade');
  switch (operation) {
    case 'create':
      return family === 'flashArrayBelow239' ? 2 : 1;
    case 'publish':
      return isFile ? 1 : 2;
    case 'repeatedCreate':
    case 'deleteWithoutApiServer':
      return 2;
    case 'probe':
    case 'getCapacity':
      return 0;
    default:
      return 1;
  }
}
