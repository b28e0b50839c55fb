import { GiB } from '../../driver/src/domain/bytes.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import { Dice } from './dice.ts';
import { CLUSTER } from './driver-process.ts';
import { Facts } from './facts.ts';
import type { FaultPlan } from './fault-plan.ts';
import { NO_FAULTS } from './fault-plan.ts';
import { Replicas } from './replicas.ts';
import { Sidecars } from './sidecars.ts';
import { makeWorld } from './world.ts';

export interface BurstOptions {
  readonly seed: number;
  readonly claims: number;
  readonly arrays: number;
  /** Share of all array calls whose answer is lost, 0 … 1. */
  readonly lossRate: number;
  /** How often the driver that creates is killed, in the first minutes. */
  readonly kills: number;
}

export interface BurstResult {
  /** Claims that got a volume. */
  readonly bound: number;
  /** Names of which the fleet has more than one volume, live or destroyed. */
  readonly duplicates: number;
  /** Volumes on the arrays that are no claim's. */
  readonly leaked: number;
  readonly kills: number;
  readonly lostAnswers: number;
  /** Largest share of one array over the fair share; 1 is ideal. */
  readonly herdIndex: number;
  readonly calls: number;
  /** Virtual milliseconds. */
  readonly tookMs: number;
}

/** external-provisioner's `--worker-threads`. */
const WORKERS = 100;
const KILL_EVERY_MS = 4_000;
const PATIENCE_MS = 2 * 3_600_000;

function createRequest(name: string) {
  return {
    name,
    capacityRange: { requiredBytes: BigInt(10 * GiB) },
    volumeCapabilities: [
      {
        accessType: { case: 'mount' as const, value: {} },
        accessMode: { mode: Mode.SINGLE_NODE_WRITER },
      },
    ],
  };
}

/** Many claims at once on arrays that are all alike, through two replicas of the driver. */
export async function runBurst(options: BurstOptions): Promise<BurstResult> {
  const dice = new Dice(options.seed);
  let lostAnswers = 0;
  const chance = dice.fork();
  const losses: FaultPlan = {
    strike: () => {
      if (!chance.chance(options.lossRate)) return null;
      lostAnswers += 1;
      return 'answer-lost';
    },
  };
  const world = await makeWorld({
    dice: dice.fork(),
    plan: options.lossRate > 0 ? losses : NO_FAULTS,
    scenario: {
      arrays: Array.from({ length: options.arrays }, (_, index) => ({
        name: `fa${index}`,
        size: '100Ti',
        fill: 0.2,
        load: 0.2,
        seed: 1,
      })),
    },
  });
  const replicas = new Replicas(world.clock, dice.fork(), world.startDriver);
  const facts = new Facts();
  const sidecars = new Sidecars({ world: world.clock, replicas, facts, timeoutMs: 60_000, mayReschedule: false });
  for (let kill = 1; kill <= options.kills; kill += 1) {
    world.clock.after(
      kill * KILL_EVERY_MS,
      () => void replicas.leader('provisioner').then(({ pod }) => pod.driver.life.kill()),
    );
  }
  // With kills, claims keep coming while they happen, so that each one interrupts some.
  const spreadMs = options.kills * KILL_EVERY_MS;
  const queue = Array.from({ length: options.claims }, () => ({
    name: `pvc-${dice.uuid()}`,
    atMs: dice.between(0, spreadMs),
  })).sort((a, b) => a.atMs - b.atMs);
  const handles = new Map<string, string>();
  let working = WORKERS;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await world.clock.sleep(Math.max(0, next.atMs - world.clock.nowMs()));
      const made = await sidecars.provision(
        createRequest(next.name),
        () => true,
        () => undefined,
      );
      if (made !== 'unmade' && made !== 'forgotten') handles.set(next.name, made.response.volume?.volumeId ?? '');
    }
    working -= 1;
  };
  // The arrays' first figures come at once after the start, as in a driver that has been up for a while.
  world.clock.after(5_000, () => {
    for (let worker = 0; worker < WORKERS; worker += 1) void work();
  });
  await world.clock.run(() => working === 0, PATIENCE_MS);
  return {
    ...countVolumes(
      world.arrays.map(({ core }) => core),
      handles,
    ),
    kills: options.kills,
    lostAnswers,
    calls: world.arrays.reduce((sum, { log }) => sum + log.total(), 0),
    tookMs: Math.round(world.clock.nowMs()),
  };
}

type Core = Awaited<ReturnType<typeof makeWorld>>['arrays'][number]['core'];

function countVolumes(
  cores: readonly Core[],
  handles: ReadonlyMap<string, string>,
): Pick<BurstResult, 'bound' | 'duplicates' | 'leaked' | 'herdIndex'> {
  const copies = new Map<string, number>();
  const known = new Set(handles.values());
  let leaked = 0;
  const shares = cores.map(({ settings, state }) => {
    const volumes = [...state.volumes.values()].filter(({ name }) => name.startsWith(`${CLUSTER}-`));
    for (const { name } of volumes) {
      copies.set(name, (copies.get(name) ?? 0) + 1);
      if (!known.has(`${settings.id}/${name}`)) leaked += 1;
    }
    return volumes.length;
  });
  const fair = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return {
    bound: handles.size,
    duplicates: [...copies.values()].filter(count => count > 1).length,
    leaked,
    herdIndex: Math.max(...shares) / Math.max(1, fair),
  };
}
