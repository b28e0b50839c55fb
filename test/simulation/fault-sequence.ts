import type { DoubtLimits } from '../../driver/src/orchestrator/doubt.ts';
import type { Transport } from '../../driver/src/rest/transport.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';
import { ClaimLife } from './claim-life.ts';
import { Dice } from './dice.ts';
import { Facts } from './facts.ts';
import type { Coverage } from './fault-plan.ts';
import { swarmPlan } from './fault-plan.ts';
import { Oracle } from './oracle.ts';
import { Replicas } from './replicas.ts';
import { Sidecars } from './sidecars.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';

export interface SequenceOptions {
  readonly coverage?: Coverage;
  readonly doubt?: DoubtLimits;
  readonly rewire?: (wire: Transport) => Transport;
  /** Changes what a driver is told of the provisioner's term. */
  readonly retell?: (term: string | null) => string | null;
}

export interface SequenceResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly rpcs: number;
  readonly calls: number;
  readonly kills: number;
  /** Virtual milliseconds. */
  readonly tookMs: number;
}

/** Faults end then; all that was asked for must be done soon after. */
const TROUBLE_MS = 90_000;
const PATIENCE_MS = 30 * 60_000;
const ROOMY = 0.5;
const REST_VERSIONS = ['2.4', '2.26', '2.38', '2.39', '2.44'];

function scenarioOf(dice: Dice): ScenarioInput {
  const isTight = dice.chance(0.15);
  return {
    arrays: Array.from({ length: dice.whole(2, 4) }, (_, index) => ({
      name: `fa${index}`,
      size: isTight ? '1Ti' : '20Ti',
      fill: isTight ? dice.between(0.86, 0.895) : dice.between(0.1, 0.6),
      load: dice.between(0.05, 0.6),
      seed: dice.whole(1, 1_000_000),
      restVersion: dice.pick(REST_VERSIONS),
      volumes: [{ name: 'other-pvc-1', size: '5Gi' as const }],
    })),
  };
}

/** Kills, pauses, lost leases and arrays that are away, until the trouble ends. */
function makeTrouble(world: World, replicas: Replicas, dice: Dice): void {
  const strokes = dice.pick([0, 1, 3, 6]);
  const kinds = [
    () => replicas.killDriver(),
    () => replicas.killPod(),
    () => replicas.loseLease(),
    () => replicas.pauseDriver(dice.between(1_000, 30_000)),
    () => {
      const array = dice.pick(world.arrays);
      array.isDown = true;
      world.clock.after(dice.between(1_000, 40_000), () => (array.isDown = false));
    },
    () => dice.pick(world.arrays).core.sessions.expireAll(),
  ];
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    world.clock.after(dice.between(0, TROUBLE_MS - 45_000), dice.pick(kinds));
  }
}

/** One run of a small fleet with two replicas of the driver through a seed's faults; the same seed gives the same run. */
export async function runFaultSequence(seed: number, options: SequenceOptions = {}): Promise<SequenceResult> {
  const dice = new Dice(seed);
  const plan = swarmPlan(dice.fork());
  const facts = new Facts();
  const knowsSnapshots = dice.chance(0.5);
  const world = await makeWorld({
    ...options,
    dice: dice.fork(),
    scenario: scenarioOf(dice.fork()),
    plan,
    ledger: {
      hasSnapshots: volume =>
        knowsSnapshots
          ? facts.claims.some(
              ({ handle, snapshots }) => handle === `${volume.arrayId}/${volume.name}` && snapshots.size > 0,
            )
          : undefined,
    },
  });
  const oracle = new Oracle(world.arrays, facts);
  const knowsTerm = dice.chance(0.7);
  const retell = options.retell ?? (term => (knowsTerm ? term : null));
  const startDriver = (readTerm: () => string | null) => world.startDriver(() => retell(readTerm()));
  const replicas = new Replicas(world.clock, dice.fork(), startDriver);
  const sidecars = new Sidecars({
    world: world.clock,
    replicas,
    facts,
    timeoutMs: dice.pick([15_000, 60_000]),
    mayReschedule: dice.chance(0.5),
  });
  makeTrouble(world, replicas, dice.fork());
  world.clock.after(TROUBLE_MS, () => {
    plan.heal();
    // Somebody makes room on arrays that are too full for what was asked.
    for (const { core } of world.arrays) core.state.conditions.fill = Math.min(core.state.conditions.fill, ROOMY);
  });
  let running = dice.whole(3, 8);
  for (let claim = running; claim > 0; claim -= 1) {
    const life = new ClaimLife({ world: world.clock, dice: dice.fork(), sidecars, facts, oracle });
    world.clock.after(dice.between(0, 30_000), () => {
      void life.live().then(
        () => (running -= 1),
        (error: unknown) => facts.violated('harness', error instanceof Error ? (error.stack ?? '') : String(error)),
      );
    });
  }
  const isDone = await world.clock.run(() => running === 0 && world.clock.nowMs() > TROUBLE_MS, PATIENCE_MS);
  if (!isDone)
    facts.violated('liveness', `${running} claims are not done ${PATIENCE_MS / 60_000} minutes after the start`);
  else oracle.atRest();
  return {
    seed,
    violations: facts.violations,
    rpcs: facts.rpcs,
    calls: world.arrays.reduce((sum, { log }) => sum + log.total(), 0),
    kills: replicas.kills,
    tookMs: world.clock.nowMs(),
  };
}
