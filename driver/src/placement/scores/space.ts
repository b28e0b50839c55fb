import type { Score } from '../framework.ts';

/** Share of physical space in use once this volume has its expected content. */
export const spaceScore: Score = {
  name: 'space',
  cost({ sizeBytes }, { observation, reserved }, policy) {
    const { totalBytes, usedBytes } = observation.capacity;
    return (usedBytes + reserved.bytes + sizeBytes * policy.expectedFill) / totalBytes;
  },
};
