import type { App } from './release.ts';

/**
 * What a page can do: `absent`: no release of the chart; `starting`: no controller is ready yet; `too-old`: the
 * release is older than what the page needs; `unreachable`: the controller is ready but does not answer us, e.g.
 * because the user may not use the proxy; `ready`.
 */
export type DriverState = 'absent' | 'starting' | 'too-old' | 'unreachable' | 'ready';

export interface Seen {
  readonly app: App | null;
  readonly readyControllers: number;
  /** Null: not asked. */
  readonly answers: boolean | null;
}

export function driverState({ app, readyControllers, answers }: Seen, neededVersion = '0.1.0'): DriverState {
  if (!app) return 'absent';
  if (isOlder(app.spec.chart.metadata.version, neededVersion)) return 'too-old';
  if (readyControllers === 0) return 'starting';
  return answers === false ? 'unreachable' : 'ready';
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
