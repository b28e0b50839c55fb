import type { App } from './release.ts';

/**
 * What a page can do: `absent`: no release of the chart; `starting`: no controller is ready yet; `too-old`: the
 * release is older than what the page needs; `hidden`: the cluster shows us no StorageArrays, because the chart made none
 * or the user may not list them; `unreachable`: a controller is ready but has said nothing for long; `ready`.
 */
export type DriverState = 'absent' | 'starting' | 'too-old' | 'hidden' | 'unreachable' | 'ready';

export interface Seen {
  readonly app: App | null;
  /** Null: this user may not list pods. */
  readonly readyControllers: number | null;
  /** Whether StorageArrays can be listed. */
  readonly showsArrays: boolean;
  /** Whether the driver still reports on its arrays; null: nothing tells. */
  readonly isReporting: boolean | null;
}

export function driverState(
  { app, readyControllers, showsArrays, isReporting }: Seen,
  neededVersion = '0.1.0',
): DriverState {
  if (!app) return 'absent';
  if (isOlder(app.spec.chart.metadata.version, neededVersion)) return 'too-old';
  if (readyControllers === 0) return 'starting';
  if (!showsArrays) return 'hidden';
  return isReporting === false ? 'unreachable' : 'ready';
}

/** Of two versions `major.minor.patch`; a pre-release counts as its release: the pages need no finer order. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map(text => text.split(/[-+]/)[0]?.split('.').map(Number) ?? []);
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
