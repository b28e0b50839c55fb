import { describe, expect, it } from '@jest/globals';
import { Coverage } from './fault-plan.ts';
import { runFaultSequence } from './fault-sequence.ts';
import { BASELINES } from './mutants.ts';

/** `SEED=n npm run test:simulation` replays one run. */
const GIVEN = process.env.SEED;
const FIRST_SEED = 1;
const SEQUENCES = 1_200;
const LIMIT_MS = 600_000;

/** Courses that once went wrong; the driver was mended since. */
const ONCE_BROKEN = [240, 413, 1030, 1462, 1550];

const seeds =
  GIVEN === undefined ? Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index) : [Number(GIVEN)];

describe('two replicas of the driver on a fleet in trouble', () => {
  it(
    'keeps every invariant, whatever fails, and gets all done afterwards',
    async () => {
      const coverage = new Coverage();
      const failed: string[] = [];
      let rpcs = 0;
      for (const seed of new Set([...seeds, ...(GIVEN === undefined ? ONCE_BROKEN : [])])) {
        const result = await runFaultSequence(seed, { coverage });
        rpcs += result.rpcs;
        if (result.violations.length > 0) failed.push(`SEED=${seed}: ${result.violations.join('; ')}`);
      }
      expect(failed).toEqual([]);
      expect(rpcs).toBeGreaterThan(seeds.length * 10);
      // Nothing was proved about a fault that never struck.
      if (GIVEN === undefined) expect(coverage.missing(1)).toEqual([]);
    },
    LIMIT_MS,
  );

  it('replays a seed to the same result', async () => {
    expect(await runFaultSequence(7)).toEqual(await runFaultSequence(7));
  });

  it.each(Object.entries(BASELINES))(
    'finds out a driver that %s',
    async (_name, { options, rule }) => {
      const found = new Set<string>();
      for (let seed = 1; seed <= SEQUENCES && !found.has(rule); seed += 1) {
        const { violations } = await runFaultSequence(seed, options);
        for (const violation of violations) found.add(violation.split(':')[0] ?? '');
      }
      expect([...found]).toContain(rule);
    },
    LIMIT_MS,
  );
});
