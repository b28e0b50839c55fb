import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NODE_FLAGS } from '../../scripts/image/driver-image.ts';
import { Controller } from '../../driver/src/gen/csi_pb.js';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';
import { eventually } from '../support/eventually.ts';
import { startController } from '../support/controller-process.ts';
import type { CsiConnection } from '../support/csi-client.ts';
import { connectCsi } from '../support/csi-client.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';
import { writeBundle } from './fleet-process.ts';
import { createRequest } from './requests.ts';

const ARRAY_MS = 5;
const LIMIT_MS = 60_000;
const LOOK_MS = 20;
const PAGE = 1000;

type ArrayInput = ScenarioInput['arrays'][number];

/** In turn a FlashArray, a FlashBlade and a Cloud Block Store, each with its share of the volumes. */
function arrayAt(index: number, volumes: number): ArrayInput {
  const owned = Array.from({ length: volumes }, (_, volume) => ({
    name: `test-pvc-${index}-${volume}`,
    size: '1Gi' as const,
  }));
  switch (index % 3) {
    case 0:
      return { name: `fa${index}`, size: '500Ti', volumes: owned };
    case 1:
      return { kind: 'flashblade', name: `fb${index}`, size: '500Ti', fileSystems: owned };
    default:
      return { name: `cbs${index}`, model: 'CBS-V10MP2R2', size: '10Ti', volumes: owned };
  }
}

const callsOf = ({ arrays, blades }: RunningFleet): number =>
  [...arrays, ...blades].reduce((sum, { requestLog }) => sum + requestLog.total(), 0);

/** Arrays that the driver has reached, as its metrics say. */
async function reached(port: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return page.match(/^pso_array_up\{.*\} 1$/gm)?.length ?? 0;
}

/** All pages. */
async function countVolumes(csi: CsiConnection): Promise<number> {
  let [count, startingToken] = [0, ''];
  do {
    const { entries, nextToken } = await csi
      .service(Controller)
      .listVolumes({ maxEntries: PAGE, startingToken }, LIMIT_MS);
    count += entries.length;
    startingToken = nextToken;
  } while (startingToken !== '');
  return count;
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result; readonly ms: number }> {
  const startedMs = performance.now();
  const result = await work();
  return { result, ms: round(performance.now() - startedMs, 0) };
}

const rssMb = (pid: number): number =>
  round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024, 1);

/** A large fleet of all kinds: how soon the driver knows it, what that takes, and what it costs to keep knowing it. */
export const fleet: Bench = {
  name: 'fleet',
  summary: 'many arrays of all kinds with many volumes: time to know them, to list them, memory, idle calls',
  options: {
    arrays: { value: 30, meaning: 'a third each FlashArrays, FlashBlades and Cloud Block Stores' },
    volumes: { value: 5000, meaning: 'of ours, over all of them' },
    seconds: { value: 120, meaning: 'of doing nothing, in which calls are counted' },
  },
  run: async ({ arrays = 30, volumes = 5000, seconds = 120 }, say) => {
    const share = Math.ceil(volumes / arrays);
    const scenario = {
      latencyMs: ARRAY_MS,
      arrays: Array.from({ length: arrays }, (_, index) => arrayAt(index, share)),
    };
    const running = await startFleet(scenario, { validates: false });
    const program = await writeBundle();
    const startedMs = performance.now();
    const driver = await startController([...running.arrays, ...running.blades], {
      program: program.main,
      nodeFlags: NODE_FLAGS,
    });
    const csi = connectCsi(driver.csiEndpoint);
    try {
      const all = async () => (await reached(driver.httpPort)) === arrays;
      await eventually(`${arrays} arrays reached`, LIMIT_MS, all, LOOK_MS);
      const knownMs = round(performance.now() - startedMs, 0);
      const create = await timed(() => csi.service(Controller).createVolume(createRequest(randomUUID()), LIMIT_MS));
      const rssKnownMb = rssMb(driver.pid);
      const list = await timed(() => countVolumes(csi));
      say(`${arrays} arrays known ${knownMs} ms after the start, ${list.result} volumes listed in ${list.ms} ms`);
      const before = callsOf(running);
      await sleep(seconds * 1000);
      const callsPerMinuteAndArray = round(((callsOf(running) - before) * 60) / seconds / arrays);
      return {
        figures: {
          arrays, volumes: list.result, readyMs: round(driver.readyMs, 0), knownMs, firstCreateMs: create.ms,
          listMs: list.ms, rssKnownMb, rssListedMb: rssMb(driver.pid), callsPerMinuteAndArray,
        },
        bars: {
          knownMs: { max: 1000 },
          volumes: { min: volumes },
          callsPerMinuteAndArray: { max: 2.4 },
        },
      }; // prettier-ignore
    } finally {
      csi.close();
      await driver.stop();
      await running.close();
      await program.remove();
    }
  },
};
