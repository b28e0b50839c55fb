import { runBurst } from '../simulation/burst.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';

/** 500 claims at once on equal arrays; then again while answers get lost and the driver is killed. */
export const burst: Bench = {
  name: 'burst',
  summary: 'herd index of a burst on equal arrays; duplicates when answers get lost and the driver is killed',
  options: {
    seed: { value: 1, meaning: 'first seed' },
    seeds: { value: 5, meaning: 'runs; the worst figure counts' },
    claims: { value: 500, meaning: 'claims in a burst' },
    arrays: { value: 10, meaning: 'equal arrays' },
    kills: { value: 20, meaning: 'kills of the driver in the faulty runs' },
  },
  run: async ({ seed = 1, seeds = 5, claims = 500, arrays = 10, kills = 20 }, say) => {
    const figures = { herdIndex: 0, duplicates: 0, leaked: 0, unbound: 0, herdIndexUnderFaults: 0, callsPerClaim: 0 };
    for (let run = seed; run < seed + seeds; run += 1) {
      const calm = await runBurst({ seed: run, claims, arrays, lossRate: 0, kills: 0 });
      const rough = await runBurst({ seed: run, claims, arrays, lossRate: 0.05, kills });
      figures.herdIndex = Math.max(figures.herdIndex, round(calm.herdIndex));
      figures.herdIndexUnderFaults = Math.max(figures.herdIndexUnderFaults, round(rough.herdIndex));
      figures.callsPerClaim = Math.max(figures.callsPerClaim, round(calm.calls / claims));
      figures.duplicates += rough.duplicates + calm.duplicates;
      figures.leaked += rough.leaked + calm.leaked;
      figures.unbound += 2 * claims - rough.bound - calm.bound;
      say(
        `seed ${run}: herd ${round(calm.herdIndex)} · with ${rough.lostAnswers} lost answers and ${rough.kills} kills: ` +
          `${rough.duplicates} duplicates, ${rough.leaked} leaked, ${rough.bound}/${claims} bound after ${Math.round(rough.tookMs / 1000)} s`,
      );
    }
    return {
      figures,
      bars: { herdIndex: { max: 2, moonshot: 1.3 }, duplicates: { max: 0 }, leaked: { max: 0 }, unbound: { max: 0 } },
    };
  },
};
