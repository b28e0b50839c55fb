import type { ArrayConnection } from '../../driver/src/backends/backend.ts';
import type { DoubtLimits } from '../../driver/src/orchestrator/doubt.ts';
import type { PlacementReport, SnapshotLedger } from '../../driver/src/orchestrator/requests.ts';
import type { Transport } from '../../driver/src/rest/transport.ts';
import { createArray } from '../simulator/fleet.ts';
import { SimClock } from '../simulator/common/sim-clock.ts';
import { preload } from '../simulator/preload.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';
import { parseScenario } from '../simulator/scenario.ts';
import type { SimulatedArray } from '../simulator/simulated-array.ts';
import { ArrayWire } from './array-wire.ts';
import type { Dice } from './dice.ts';
import { DriverProcess } from './driver-process.ts';
import { Coverage } from './fault-plan.ts';
import type { FaultPlan } from './fault-plan.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface WorldOptions {
  readonly dice: Dice;
  readonly scenario: ScenarioInput;
  readonly plan: FaultPlan;
  readonly coverage?: Coverage;
  readonly ledger?: SnapshotLedger;
  readonly doubt?: DoubtLimits;
  readonly onPlacement?: (report: PlacementReport) => void;
  /** Checks every answer of the arrays; costs a third of the time. */
  readonly validates?: boolean;
  /** Changes the wire, to prove that a wrong driver is found out. */
  readonly rewire?: (wire: Transport) => Transport;
}

/** Arrays and time of one run, and the way to start driver processes in it. */
export interface World {
  readonly clock: VirtualClock;
  readonly arrays: readonly SimulatedArray[];
  readonly startDriver: (readTerm?: () => string | null) => DriverProcess;
}

const WITHOUT_LEDGER: SnapshotLedger = { hasSnapshots: () => undefined };

export async function makeWorld(options: WorldOptions): Promise<World> {
  const { dice, plan } = options;
  const clock = new VirtualClock();
  const coverage = options.coverage ?? new Coverage();
  const scenario = parseScenario(options.scenario);
  const arrayClock = new SimClock(() => Math.floor(clock.wallMs()));
  const arrays = scenario.arrays.map(given =>
    createArray(given, scenario, { clock: arrayClock, validates: options.validates ?? true }),
  );
  for (const [index, given] of scenario.arrays.entries()) {
    const array = arrays[index];
    if (array !== undefined) await preload(array, given.volumes);
  }
  const latencies = arrays.map(() => dice.between(1, 15));
  const wire = (life: DriverProcess['life'], endpoint: string): Transport => {
    const index = arrays.findIndex(({ name }) => name === endpoint);
    const array = arrays[index];
    if (array === undefined) throw new Error(`no array ${endpoint}`);
    const made = new ArrayWire({
      world: clock, life, array, plan, coverage, dice: dice.fork(), latencyMs: latencies[index] ?? 1,
    }); // prettier-ignore
    return options.rewire?.(made) ?? made;
  };
  const startDriver = (readTerm?: () => string | null): DriverProcess =>
    new DriverProcess({
      world: clock,
      dice: dice.fork(),
      connections: arrays.map(connectionOf),
      wire,
      ledger: options.ledger ?? WITHOUT_LEDGER,
      ...(options.onPlacement === undefined ? {} : { onPlacement: options.onPlacement }),
      ...(readTerm === undefined ? {} : { readTerm }),
      ...(options.doubt === undefined ? {} : { doubt: options.doubt }),
    });
  return { clock, arrays, startDriver };
}

const connectionOf = (array: SimulatedArray): ArrayConnection => ({
  endpoint: array.name,
  kind: 'flasharray',
  labels: {},
  cordoned: false,
  apiToken: array.core.settings.tokens.find(({ role }) => role === 'admin')?.token ?? '',
  caBundle: null,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
});
