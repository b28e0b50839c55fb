import type { Score } from '../framework.ts';

/** Promised bytes over capacity: a weak sign of growth to come, so it counts a tenth and saturates at ten times. */
export const provisionedScore: Score = {
  name: 'provisioned',
  cost({ sizeBytes }, { observation, reserved }) {
    const { totalBytes, provisionedBytes } = observation.capacity;
    if (provisionedBytes === null) return 0;
    return Math.min(1, (provisionedBytes + reserved.bytes + sizeBytes) / totalBytes / 10);
  },
};
