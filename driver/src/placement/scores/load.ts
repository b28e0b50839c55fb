import type { Score } from '../framework.ts';

/** An array reports no load percentage: half loaded is where latency, or the time in its queue, reaches these. */
const HALF_LATENCY_US = 1000;
const HALF_QUEUE_US = 300;

const saturate = (value: number, half: number): number => (value > 0 ? value / (value + half) : 0);

/** What waiting tells about load, plus what volumes promised since then will ask for. */
export const loadScore: Score = {
  name: 'load',
  cost(_request, { observation, reserved }, policy) {
    const { load } = observation;
    const now = load
      ? Math.max(saturate(load.latencyMicroseconds, HALF_LATENCY_US), saturate(load.queueMicroseconds, HALF_QUEUE_US))
      : 0;
    return Math.min(1, now + (reserved.volumes + 1) * policy.expectedLoad);
  },
};
