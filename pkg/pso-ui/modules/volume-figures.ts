import type { QosLimits } from '../../../driver/src/domain/volume.ts';
import type { VolumeFigures, VolumeReport } from '../../../driver/src/domain/volume-report.ts';
import { readableBytes } from './size.ts';

const DASH = '–';

/** Times that data shrinks, e.g. `3.4 : 1`. */
export const readableReduction = (reduction: number | null): string =>
  reduction === null ? DASH : `${reduction.toFixed(1)} : 1`;

export const readableRate = (bytesPerSecond: number | null): string =>
  bytesPerSecond === null ? DASH : `${readableBytes(bytesPerSecond)}/s`;

export const readableCount = (count: number | null): string =>
  count === null ? DASH : Math.round(count).toLocaleString('en');

/** `850 µs`, from a millisecond on `1.2 ms`. */
export function readableLatency(microseconds: number | null): string {
  if (microseconds === null) return DASH;
  return microseconds < 1000 ? `${Math.round(microseconds)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}

/** What a line of the list shows of one volume. */
export interface FigureCells {
  readonly used: string;
  readonly reduction: string;
  readonly operations: string;
  /** Why there is a dash; empty: the array does not say, or all is there. */
  readonly why: string;
}

export const cellsWithout = (text: string, why: string): FigureCells => ({
  used: text,
  reduction: text,
  operations: text,
  why,
});

/** By handle. */
export const cellsOfReports = (reports: readonly VolumeReport[]): ReadonlyMap<string, FigureCells> =>
  new Map(reports.map(({ handle, figures, trouble }) => [handle, cellsOf(figures, trouble ?? '')]));

function cellsOf(figures: VolumeFigures | null, why: string): FigureCells {
  if (figures === null) return cellsWithout(DASH, why);
  return {
    used: readableBytes(figures.usedBytes),
    reduction: readableReduction(figures.reduction),
    operations: readableCount(figures.load?.iops ?? null),
    why: '',
  };
}

/** Limits that are set, as texts; empty: none is. */
export function limitsOf({ iopsLimit, bandwidthLimitBytesPerSecond }: QosLimits): readonly string[] {
  return [
    ...(iopsLimit > 0 ? [`${readableCount(iopsLimit)} IOPS`] : []),
    ...(bandwidthLimitBytesPerSecond > 0 ? [readableRate(bandwidthLimitBytesPerSecond)] : []),
  ];
}
