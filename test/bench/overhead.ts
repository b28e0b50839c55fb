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
import { NODE_FLAGS } from '../../scripts/image/driver-image.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import type { Bench } from './bench.ts';
import { quantile, round } from './bench.ts';
import type { FleetAccess } from './fleet-process.ts';
import { forkFleet, pinToCore, putFirst, writeBundle } from './fleet-process.ts';
import type { GrpcLoadOptions, GrpcLoadResult } from './grpc-load.ts';
import { grpcLoadProgram, runGrpcLoad } from './grpc-load.ts';

const ARRAY_MS = 5;
const IN_FLIGHT = 100;
const CONNECTIONS = 16;
const ROUNDS = 5;
const DRIVER_CORE = 0;
const OTHER_CORE = 1;
const SETTLE_MS = 3000;

const CREATE = 'csi.v1.Controller/CreateVolume';
/** What external-provisioner asks with `--extra-create-metadata`, as proto JSON. */
const CREATE_REQUEST = {
  name: 'pvc-{{.UUID}}',
  capacity_range: { required_bytes: GiB },
  volume_capabilities: [{ mount: { fs_type: 'ext4' }, access_mode: { mode: 'SINGLE_NODE_WRITER' } }],
  parameters: {
    'csi.storage.k8s.io/pvc/name': 'data',
    'csi.storage.k8s.io/pvc/namespace': 'default',
    'csi.storage.k8s.io/pv/name': 'pvc-{{.UUID}}',
  },
};

type Load = (
  method: string,
  request: unknown,
  options: Pick<GrpcLoadOptions, 'inFlight' | 'connections' | 'extent'>,
) => Promise<GrpcLoadResult>;
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

/** Turn and turn about, so that both see the same machine. */
async function paired(direct: CreateVolume, through: (calls: number) => Promise<readonly number[]>, count: number) {
  const samples = { direct: [] as number[], through: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const calls = Math.ceil(count / ROUNDS);
    const pair = { direct: await timedInRow(direct, calls), through: await through(calls) };
    // The first round warms both.
    if (round === 0) continue;
    samples.direct.push(...pair.direct);
    samples.through.push(...pair.through);
  }
  return samples;
}

async function timedInRow(create: CreateVolume, calls: number): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const started = performance.now();
    await create(randomUUID());
    samples.push(performance.now() - started);
  }
  return samples;
}

/** Closed loop of the REST client alone; creates a second. */
async function directThroughput(create: CreateVolume, seconds: number): Promise<number> {
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

/** Calls in a closed loop, and the CPU time that each costs the driver. */
async function loaded(load: Load, method: string, request: unknown, seconds: number, pid: number) {
  const cpuBefore = cpuMs(pid);
  const { calls, perSecond } = await load(method, request, { inFlight: IN_FLIGHT, connections: CONNECTIONS, extent: { seconds } }); // prettier-ignore
  return { perSecond, cpuMicroseconds: ((cpuMs(pid) - cpuBefore) * 1000) / calls };
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
  startController(arrays, { program: main, nodeFlags: NODE_FLAGS });

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
  const program = await grpcLoadProgram();
  const driver = await start(main, [array]);
  const direct = directClient(other);
  const load: Load = (method, request, options) =>
    runGrpcLoad(program, { endpoint: driver.csiEndpoint, method, request, core: OTHER_CORE, ...options });
  try {
    const isPinned = pinToCore(driver.pid, DRIVER_CORE);
    putFirst(driver.pid);
    await sleep(SETTLE_MS);
    const rssIdleMb = rssMb(driver.pid);
    const oneByOne = async (calls: number) =>
      (await load(CREATE, CREATE_REQUEST, { inFlight: 1, connections: 1, extent: { calls } })).latenciesMs;
    const samples = await paired(direct.create, oneByOne, count);
    say(
      `direct p50 ${round(quantile(samples.direct, 0.5))} ms, through the driver ${round(quantile(samples.through, 0.5))} ms`,
    );
    // Nothing but gRPC: what its calls cost here, by which the other figures can be judged.
    const empty = await loaded(load, 'csi.v1.Controller/GetCapacity', {}, seconds / 2, driver.pid);
    await loaded(load, CREATE, CREATE_REQUEST, seconds / 2, driver.pid);
    const creates = await loaded(load, CREATE, CREATE_REQUEST, seconds, driver.pid);
    const directPerSecond = await directThroughput(direct.create, seconds);
    say(
      `${round(creates.perSecond, 0)} creates/s through the driver, ${round(directPerSecond, 0)} by the REST client alone`,
    );
    return {
      addedP50Ms: round(quantile(samples.through, 0.5) - quantile(samples.direct, 0.5)),
      addedP99Ms: round(quantile(samples.through, 0.99) - quantile(samples.direct, 0.99)),
      directP50Ms: round(quantile(samples.direct, 0.5)),
      createsPerSecond: round(creates.perSecond, 0),
      directCreatesPerSecond: round(directPerSecond, 0),
      cpuMicrosecondsPerCreate: round(creates.cpuMicroseconds, 0),
      emptyCallsPerSecond: round(empty.perSecond, 0),
      cpuMicrosecondsPerEmptyCall: round(empty.cpuMicroseconds, 0),
      rssIdleMb: round(rssIdleMb, 1),
      rssBusyMb: round(rssMb(driver.pid), 1),
      isPinned: Number(isPinned),
    };
  } finally {
    await direct.close();
    await driver.stop();
  }
}

/** What the driver adds to a 5 ms array: the bundle of the image on one core, the array and the clients on the other. */
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
      pinToCore(fleet.pid, OTHER_CORE);
      pinToCore(process.pid, DRIVER_CORE);
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
