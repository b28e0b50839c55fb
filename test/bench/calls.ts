import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { Controller, Identity } from '../../driver/src/gen/csi_pb.js';
import type { RunningArray } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { Dice } from '../simulation/dice.ts';
import { NO_FAULTS } from '../simulation/fault-plan.ts';
import { makeWorld } from '../simulation/world.ts';
import { startController } from '../support/controller-process.ts';
import { connectCsi } from '../support/csi-client.ts';
import type { Bench } from './bench.ts';
import { createRequest, expandRequest, publishRequest } from './requests.ts';

const NEWEST = '2.44';
const BEFORE_TAGS_IN_BODY = '2.38';
/** No poll falls into the measurement. */
const SELDOM = { pollSeconds: 3600 };

type Counted = Record<string, number>;

/** Calls of one warm life cycle, by operation, through the driver as a process of its own. */
async function countLife(restVersion: string, say: (line: string) => void): Promise<Counted> {
  const fleet = await startFleet({ arrays: [{ name: 'fa1', restVersion }] });
  const array = fleet.find('fa1');
  const driver = await startController(fleet.arrays, { settings: SELDOM });
  const csi = connectCsi(driver.csiEndpoint);
  const controller = csi.service(Controller);
  const identity = csi.service(Identity);
  const counted: Counted = {};
  const count = async <Result>(name: string, operation: () => Promise<Result>): Promise<Result> => {
    const before = array.requestLog.total();
    const result = await operation();
    counted[name] = array.requestLog.total() - before;
    say(`  REST ${restVersion}  ${name.padEnd(16)} ${counted[name]}  ${newest(array, counted[name])}`);
    return result;
  };
  const life = async (): Promise<void> => {
    const uuid = randomUUID();
    const { volume } = await count('create', () => controller.createVolume(createRequest(uuid)));
    const volumeId = volume?.volumeId ?? '';
    await count('repeatedCreate', () => controller.createVolume(createRequest(uuid)));
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
    await count('getCapacity', () => controller.getCapacity({}));
  };
  try {
    await life();
    say('warm:');
    await life();
    return counted;
  } finally {
    csi.close();
    await driver.stop();
    await fleet.close();
  }
}

const newest = (array: RunningArray, count: number): string =>
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
  summary: 'REST calls of each warm operation, from the request log of a simulated array',
  options: {},
  run: async (_options, say) => {
    const newer = await countLife(NEWEST, say);
    const older = await countLife(BEFORE_TAGS_IN_BODY, say);
    return {
      figures: { ...newer, createBelow239: older.create ?? NaN, delete: await countDelete() },
      bars: {
        create: { max: 1 },
        createBelow239: { max: 2 },
        repeatedCreate: { max: 2 },
        publish: { max: 2 },
        unpublish: { max: 1 },
        delete: { max: 1 },
        deleteWithoutApiServer: { max: 2 },
        expand: { max: 1 },
        snapshot: { max: 1 },
        deleteSnapshot: { max: 1 },
        probe: { max: 0 },
        getCapacity: { max: 0 },
      },
    };
  },
};
