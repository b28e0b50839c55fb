/** What a layer of tests came to. Seconds are wall time. */
export interface LayerResult {
  readonly layer: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why cases were skipped, or the first failures, one line each. */
  readonly remarks: readonly string[];
  readonly seconds: number;
}
