import { describe, expect, it } from '@jest/globals';
import { runBurst } from './burst.ts';

const LIMIT_MS = 120_000;

describe('a burst of 500 claims', () => {
  it(
    'spreads over equal arrays: herd index at most 2',
    async () => {
      const result = await runBurst({ seed: 1, claims: 500, arrays: 10, lossRate: 0, kills: 0 });
      expect(result).toMatchObject({ bound: 500, duplicates: 0, leaked: 0 });
      expect(result.herdIndex).toBeLessThanOrEqual(2);
    },
    LIMIT_MS,
  );

  it(
    'leaves no duplicate when 5 % of all answers are lost and the controller is killed 20 times',
    async () => {
      const result = await runBurst({ seed: 2, claims: 500, arrays: 10, lossRate: 0.05, kills: 20 });
      expect(result).toMatchObject({ bound: 500, duplicates: 0, leaked: 0, kills: 20 });
      expect(result.lostAnswers).toBeGreaterThan(100);
    },
    LIMIT_MS,
  );
});
