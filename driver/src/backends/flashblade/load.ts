import type { ArrayLoad } from '../../domain/array.ts';
import type { VolumeLoad } from '../../domain/volume-report.ts';
import type { PerformanceItem } from '../../rest/flashblade/arrays.ts';
import { loadOf } from '../figures.ts';

export const toVolumeLoad = (sample: PerformanceItem): VolumeLoad =>
  loadOf(
    [
      [sample.readsPerSecond, sample.readLatencyUsec],
      [sample.writesPerSecond, sample.writeLatencyUsec],
      [sample.othersPerSecond, sample.otherLatencyUsec],
    ],
    sample.bytesPerSecond,
  );

/** The array reports no time in queue. */
export const toArrayLoad = (sample: PerformanceItem): ArrayLoad => ({ ...toVolumeLoad(sample), queueMicroseconds: 0 });
