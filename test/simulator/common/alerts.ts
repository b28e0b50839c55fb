import type { JsonObject } from './json.ts';

export interface AlertRecord {
  readonly id: string;
  readonly number: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly summary: string;
  readonly component: string;
  readonly openedMs: number;
  closedMs: number | null;
}

/** What all families tell of an alert. */
export const alertFields = (alert: AlertRecord): JsonObject => ({
  id: alert.id,
  name: String(alert.number),
  action: '',
  code: 1000,
  component_name: alert.component,
  component_type: 'array',
  created: alert.openedMs,
  description: alert.summary,
  flagged: false,
  notified: null,
  severity: alert.severity,
  state: alert.closedMs === null ? 'open' : 'closed',
  summary: alert.summary,
  updated: alert.closedMs ?? alert.openedMs,
});
