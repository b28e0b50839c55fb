import type { ArrayLoad } from '../../domain/array.ts';
import type { VolumeLoad } from '../../domain/volume-report.ts';
import type { PerformanceItem } from '../../rest/flasharray/arrays.ts';
import { loadOf, meanOf } from '../figures.ts';

export const toVolumeLoad = (sample: PerformanceItem): VolumeLoad =>
  loadOf(
    [
      [sample.readsPerSecond, sample.readLatencyUsec],
      [sample.writesPerSecond, sample.writeLatencyUsec],
    ],
    sample.bytesPerSecond,
  );

export const toArrayLoad = (sample: PerformanceItem): ArrayLoad => ({
  ...toVolumeLoad(sample),
  queueMicroseconds: meanOf([
    [sample.readsPerSecond, sample.readQueueUsec],
    [sample.writesPerSecond, sample.writeQueueUsec],
  ]),
});
