/** Of a release: what the user set, and the chart's own. */
export interface ReleaseValues {
  readonly user: unknown;
  readonly defaults: unknown;
}

/** After `fetchValues`. Null: they can't be read, of which hosts before 2.14 tell by an error only. */
export function releaseValues(app: any): ReleaseValues | null {
  try {
    const { values: user, chartValues: defaults } = app;
    return defaults ? { user, defaults } : null;
  } catch {
    return null;
  }
}
