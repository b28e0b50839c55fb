import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { FlashArrayBackend } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import type { CallContext } from '../../driver/src/backends/backend.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { Controller } from '../../driver/src/gen/csi_pb.js';
import { NODE_FLAGS } from '../../scripts/image/driver-image.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import { connectCsi } from '../support/csi-client.ts';
import type { Bench } from './bench.ts';
import { quantile, round } from './bench.ts';
import type { FleetAccess } from './fleet-process.ts';
import { forkFleet, pinToCore, putFirst, writeBundle } from './fleet-process.ts';
import { createRequest } from './requests.ts';

const ARRAY_MS = 5;
const IN_FLIGHT = 100;
const WARM_UP = 300;
const SETTLE_MS = 3000;

type CreateVolume = (uuid: string) => Promise<unknown>;

/** The REST client alone, as the driver uses it. */
function directClient(array: FleetAccess): { readonly create: CreateVolume; readonly close: () => Promise<void> } {
  const backend = new FlashArrayBackend(
    {
      endpoint: array.endpoint, kind: 'flasharray', labels: {}, cordoned: false, apiToken: array.apiToken,
      caBundle: array.caCertificate, certificateSha256: null, verifyTls: true, iscsiAllowedCidrs: [], nfsEndpoint: null,
    },
    {
      clock: systemClock, random: () => 0.5, userAgent: 'bench/1',
      transportFactory: settings => new HttpsTransport(settings),
    },
  ); // prettier-ignore
  const context = (): CallContext => ({
    requestId: 'bench',
    deadlineMs: systemClock.nowMs() + 30_000,
    signal: new AbortController().signal,
  });
  const create: CreateVolume = uuid =>
    backend.createVolume(
      {
        name: `direct-pvc-${uuid}`,
        sizeBytes: GiB,
        qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
        source: { kind: 'blank' },
        fileSystem: null,
        tags: { cluster: 'test', namespace: 'default', claim: 'data', pv: `pvc-${uuid}` },
      },
      context(),
    );
  return { create, close: () => backend.close() };
}

async function timed(create: CreateVolume): Promise<number> {
  const started = performance.now();
  await create(randomUUID());
  return performance.now() - started;
}

/** Turn and turn about, so that both see the same machine. */
async function paired(direct: CreateVolume, through: CreateVolume, count: number) {
  const samples = { direct: [] as number[], through: [] as number[] };
  for (let call = 0; call < count + WARM_UP; call += 1) {
    const pair = [await timed(direct), await timed(through)] as const;
    if (call < WARM_UP) continue;
    samples.direct.push(pair[0]);
    samples.through.push(pair[1]);
  }
  return samples;
}

/** Closed loop; creates a second. */
async function throughput(create: CreateVolume, seconds: number): Promise<number> {
  const started = performance.now();
  const endMs = started + seconds * 1000;
  let done = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await create(randomUUID());
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return done / ((performance.now() - started) / 1000);
}

const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;

/** CPU milliseconds of a process so far, user and system. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Gets of a value from memory: what gRPC alone costs here, by which the other figures can be judged. */
async function emptyCalls(get: () => Promise<unknown>, pid: number, seconds: number) {
  const cpuBefore = cpuMs(pid);
  const perSecond = await throughput(get, seconds);
  return { perSecond, cpuMicroseconds: ((cpuMs(pid) - cpuBefore) * 1000) / (perSecond * seconds) };
}

async function bareNodeMs(starts: number): Promise<number> {
  const samples: number[] = [];
  for (let count = 0; count < starts; count += 1) {
    const started = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: { PATH: process.env.PATH } }), 'exit');
    samples.push(performance.now() - started);
  }
  return quantile(samples, 0.5);
}

const start = (main: string, arrays: readonly FleetAccess[]): Promise<ControllerProcess> =>
  startController(arrays, { program: main, env: { NODE_OPTIONS: NODE_FLAGS.join(' ') } });

/** Median, in milliseconds from the start of the process to its first good /readyz. */
async function readyMs(main: string, arrays: readonly FleetAccess[], starts: number): Promise<number> {
  const samples: number[] = [];
  for (let count = 0; count < starts; count += 1) {
    const driver = await start(main, arrays);
    samples.push(driver.readyMs);
    await driver.stop();
  }
  return quantile(samples, 0.5);
}

/** `other` is for the REST client alone: an array holds 20,000 volumes. */
async function measure(
  main: string,
  { array, other }: { readonly array: FleetAccess; readonly other: FleetAccess },
  count: number,
  seconds: number,
  say: (line: string) => void,
) {
  const driver = await start(main, [array]);
  const csi = connectCsi(driver.csiEndpoint);
  const direct = directClient(other);
  try {
    const isPinned = pinToCore(driver.pid, 0);
    putFirst(driver.pid);
    await sleep(SETTLE_MS);
    const rssIdleMb = rssMb(driver.pid);
    const { createVolume, getCapacity } = csi.service(Controller);
    const through: CreateVolume = uuid => createVolume(createRequest(uuid));
    const samples = await paired(direct.create, through, count);
    say(
      `direct p50 ${round(quantile(samples.direct, 0.5))} ms, through the driver ${round(quantile(samples.through, 0.5))} ms`,
    );
    const empty = await emptyCalls(() => getCapacity({}), driver.pid, seconds / 2);
    const cpuBefore = cpuMs(driver.pid);
    const createsPerSecond = await throughput(through, seconds);
    const cpuMicroseconds = ((cpuMs(driver.pid) - cpuBefore) * 1000) / (createsPerSecond * seconds);
    const directPerSecond = await throughput(direct.create, seconds);
    say(
      `${round(createsPerSecond, 0)} creates/s through the driver, ${round(directPerSecond, 0)} by the REST client alone`,
    );
    return {
      addedP50Ms: round(quantile(samples.through, 0.5) - quantile(samples.direct, 0.5)),
      addedP99Ms: round(quantile(samples.through, 0.99) - quantile(samples.direct, 0.99)),
      directP50Ms: round(quantile(samples.direct, 0.5)),
      createsPerSecond: round(createsPerSecond, 0),
      directCreatesPerSecond: round(directPerSecond, 0),
      cpuMicrosecondsPerCreate: round(cpuMicroseconds, 0),
      emptyCallsPerSecond: round(empty.perSecond, 0),
      cpuMicrosecondsPerEmptyCall: round(empty.cpuMicroseconds, 0),
      rssIdleMb: round(rssIdleMb, 1),
      rssBusyMb: round(rssMb(driver.pid), 1),
      isPinned: Number(isPinned),
    };
  } finally {
    csi.close();
    await direct.close();
    await driver.stop();
  }
}

/** What the driver adds to a 5 ms array: the bundle of the image on one core, the array and this client on the other. */
export const overhead: Bench = {
  name: 'overhead',
  summary: 'added latency, throughput on one core, memory and start time of the bundled controller',
  options: {
    calls: { value: 1000, meaning: 'paired creates, one in flight' },
    seconds: { value: 5, meaning: 'of the closed loop with 100 in flight' },
    starts: { value: 5, meaning: 'starts for the median time to ready' },
  },
  run: async ({ calls = 1000, seconds = 5, starts = 5 }, say) => {
    const busy = loadavg()[0] ?? 0;
    if (busy > 1)
      say(`The machine is busy (load ${round(busy, 1)} on ${availableParallelism()} cores): times will be too long.`);
    const fleet = await forkFleet({
      latencyMs: ARRAY_MS,
      arrays: [
        { name: 'fa1', size: '500Ti', restVersion: '2.44' },
        { name: 'fa2', size: '500Ti', restVersion: '2.44' },
      ],
    });
    const program = await writeBundle();
    try {
      const [array, other] = fleet.arrays;
      if (array === undefined || other === undefined) throw new Error('the fleet has no array');
      const ready = await readyMs(program.main, [array], starts);
      const down = [1, 2, 3].map(index => ({ ...array, endpoint: `127.0.0.1:${index}` }));
      const readyDown = await readyMs(program.main, down, starts);
      say(`ready after ${round(ready, 0)} ms, with all arrays down ${round(readyDown, 0)} ms`);
      putFirst(fleet.pid);
      putFirst(process.pid);
      pinToCore(fleet.pid, 1);
      pinToCore(process.pid, 1);
      const figures = await measure(program.main, { array, other }, calls, seconds, say);
      return {
        figures: {
          ...figures,
          readyMs: round(ready, 0),
          readyArraysDownMs: round(readyDown, 0),
          bareNodeMs: round(await bareNodeMs(starts), 0),
          loadBefore: round(busy, 1),
        },
        bars: {
          addedP50Ms: { max: 1, moonshot: 0.6 },
          createsPerSecond: { min: 1000, moonshot: 2400 },
          rssIdleMb: { max: 100, moonshot: 80 },
          readyMs: { max: 500, moonshot: 250 },
          readyArraysDownMs: { max: 500, moonshot: 250 },
        },
      };
    } finally {
      await fleet.stop();
      await program.remove();
    }
  },
};
