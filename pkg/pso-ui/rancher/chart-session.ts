import type { FleetSession } from './fleet-session.ts';

/**
 * Rancher's install page removes a chart's form while it shows YAML and makes a new one afterwards. The session is kept
 * in memory for so long, for the same release only, and dropped when it was saved or is old.
 */
const MAX_AGE_MS = 10 * 60_000;

let kept: { readonly key: string; readonly session: FleetSession; readonly atMs: number } | null = null;

export function keepChartSession(key: string, session: FleetSession | null): void {
  kept = session?.isChanged.value === true ? { key, session, atMs: Date.now() } : null;
}

export function keptChartSession(key: string): FleetSession | null {
  const found = kept?.key === key && Date.now() - kept.atMs < MAX_AGE_MS ? kept.session : null;
  kept = null;
  return found;
}

export function forgetChartSession(): void {
  kept = null;
}
