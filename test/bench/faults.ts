import { Coverage } from '../simulation/fault-plan.ts';
import { runFaultSequence } from '../simulation/fault-sequence.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';

/** Fewer sequences cannot strike the rare call sites ten times with each kind of fault. */
const ENOUGH_FOR_TEN = 3_000;
const SAY_EVERY_MS = 10_000;

/** As many seeds as fit into the time, each a small fleet with two replicas in trouble. */
export const faults: Bench = {
  name: 'faults',
  summary: 'fault sequences through two replicas and a model of the sidecars; violated invariants',
  options: {
    seed: { value: 1_000_000, meaning: 'first seed' },
    sequences: { value: 10_000, meaning: 'how many' },
    seconds: { value: 300, meaning: 'stop after that time' },
  },
  run: async ({ seed = 1, sequences = 10_000, seconds = 300 }, say) => {
    const coverage = new Coverage();
    const started = performance.now();
    let [rpcs, calls, kills, violations, done, saidMs] = [0, 0, 0, 0, 0, 0];
    while (done < sequences && performance.now() - started < seconds * 1000) {
      const result = await runFaultSequence(seed + done, { coverage });
      done += 1;
      rpcs += result.rpcs;
      calls += result.calls;
      kills += result.kills;
      if (result.violations.length > 0) {
        violations += 1;
        say(`SEED=${result.seed}: ${result.violations.join('\n  ')}`);
      }
      if (performance.now() - started - saidMs > SAY_EVERY_MS) {
        saidMs = performance.now() - started;
        say(`${done} sequences, ${rpcs} RPCs, ${kills} kills, ${violations} with violations`);
      }
    }
    const tookSeconds = (performance.now() - started) / 1000;
    for (const cell of coverage.missing(1)) say(`not struck: ${cell}`);
    return {
      figures: {
        violations,
        sequences: done,
        rpcs,
        arrayCalls: calls,
        kills,
        sequencesPerSecond: round(done / tookSeconds, 1),
        cellsStruckOnce: round(coverage.share(1), 3),
        cellsStruckTenTimes: round(coverage.share(10), 3),
      },
      bars: {
        violations: { max: 0 },
        cellsStruckOnce: { min: 0.95 },
        ...(done >= ENOUGH_FOR_TEN ? { cellsStruckTenTimes: { min: 0.95, moonshot: 1 } } : {}),
      },
    };
  },
};
