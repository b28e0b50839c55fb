/** What a figure counts; the generated pages and dashboards show it so. */
export type Unit = 'seconds' | 'bytes' | 'ratio' | 'operations per second' | 'bytes per second' | 'yes or no' | 'count';

/** One metric. Its key in the catalogue is its name; its unit is the base unit, never milliseconds or gigabytes. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: Unit;
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[];
}
