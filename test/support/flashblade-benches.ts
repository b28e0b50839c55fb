import { afterEach, expect } from '@jest/globals';
import type { GivenSettings } from '../simulator/flashblade/settings.ts';
import { startFlashBlade, type FlashBladeBench } from './flashblade-bench.ts';

/** Starts benches for the tests of one file; each ends with its test, which fails when an answer was not as the API's description says. */
export function flashBladeBenches(): (settings?: Partial<GivenSettings>) => Promise<FlashBladeBench> {
  const benches: FlashBladeBench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) {
      expect(bench.blade.violations).toEqual([]);
      await bench.close();
    }
  });
  return async (settings = {}) => {
    const bench = await startFlashBlade(settings);
    benches.push(bench);
    return bench;
  };
}
