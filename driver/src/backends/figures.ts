import type { VolumeFigures, VolumeLoad } from '../domain/volume-report.ts';
import type { Space } from '../rest/space.ts';

/** Operations a second, and microseconds that one takes: of reads, of writes, … */
type Kinds = readonly (readonly [number, number])[];

const rateOf = (kinds: Kinds): number => kinds.reduce((sum, [rate]) => sum + rate, 0);

/** Microseconds, weighted by operations. */
export function meanOf(kinds: Kinds): number {
  const rate = rateOf(kinds);
  const total = kinds.reduce((sum, [each, usec]) => sum + each * usec, 0);
  return rate === 0 ? 0 : total / rate;
}

export const loadOf = (kinds: Kinds, bytesPerSecond: number): VolumeLoad => ({
  iops: rateOf(kinds),
  bytesPerSecond,
  latencyMicroseconds: meanOf(kinds),
});

/** Of nothing that is written, arrays tell a reduction of 1, or none. */
export const spaceFigures = (space: Space): Pick<VolumeFigures, 'usedBytes' | 'snapshotBytes' | 'reduction'> => ({
  usedBytes: space.unique,
  snapshotBytes: space.snapshots,
  reduction: space.virtual === 0 ? null : space.dataReduction,
});
