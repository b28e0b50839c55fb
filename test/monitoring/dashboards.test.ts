import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { METRIC_CATALOGUE } from '../../driver/src/metrics/metric-catalogue.ts';
import { ALERTS } from '../../scripts/generate/monitoring/alerts.ts';
import { promql, scaled } from '../../scripts/generate/monitoring/expressions.ts';
import type { SchemaCheck } from './support/grafana-schema.ts';
import { grafanaSchema } from './support/grafana-schema.ts';
import type { GrafanaTypes } from './support/grafana-types.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../charts/pure-pso/files/monitoring/dashboards');

interface Panel {
  readonly type: 'timeseries' | 'state-timeline' | 'stat' | 'bargauge' | 'table';
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
  readonly options: unknown;
  readonly fieldConfig: { readonly defaults: { readonly custom?: unknown } };
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

const dashboards = readdirSync(FOLDER).map(
  file => [file, JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Dashboard] as const,
);
let known: SchemaCheck | null = null;
const check = (value: unknown, type: keyof GrafanaTypes) => (known ??= grafanaSchema())(value, type);

/** The panel's own part of the schema, which the dashboard's leaves open. */
const panelMisfits = ({ type, options, fieldConfig, targets }: Panel): readonly string[] => [
  ...check(options, type),
  ...(type === 'timeseries' || type === 'state-timeline' ? check(fieldConfig.defaults.custom, `${type}Field`) : []),
  ...targets.flatMap(target => check(target, 'target')),
];

describe.each(dashboards)('%s', (_file, dashboard) => {
  it("fits Grafana's schema", () => {
    const targets = (panel: Panel) => ({ ...panel, targets: [] });
    expect(check({ ...dashboard, panels: dashboard.panels.map(targets) }, 'dashboard')).toEqual([]);
    expect(dashboard.panels.flatMap(panelMisfits)).toEqual([]);
  });

  it('has rows without a hole', () => {
    const widths = new Map<number, number>();
    for (const { gridPos } of dashboard.panels) widths.set(gridPos.y, (widths.get(gridPos.y) ?? 0) + gridPos.w);
    expect([...widths.values()].filter(width => width !== 24)).toEqual([]);
  });

  it('has panels side by side, none above another, each with a query', () => {
    for (const [index, { gridPos: a, targets }] of dashboard.panels.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      expect(targets.length).toBeGreaterThan(0);
      for (const { gridPos: b } of dashboard.panels.slice(index + 1)) {
        expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
      }
    }
  });
});

describe('the check against Grafana', () => {
  it('names what is wrong', () => {
    const good = { ...dashboards[0]?.[1], panels: [] };
    expect(check({ ...good, refreshh: '5s' }, 'dashboard')).toEqual(['dashboard.refreshh: unknown']);
    expect(check({ ...good, graphTooltip: 7 }, 'dashboard')).toHaveLength(1);
    expect(check({ ...good, schemaVersion: undefined, uid: 5 }, 'dashboard')).not.toEqual([]);
    expect(check({ format: 'time_series' }, 'target')).toEqual(['target.expr: missing']);
  });
});

describe('expressions', () => {
  it('know the series of the catalogue only', () => {
    expect(promql('max({{pso_array_up}}) > {{seconds "5m"}}')).toBe('max(pso_array_up) > 300');
    expect(promql('rate({{pso_rpc_seconds_count}}[{{time "5m"}}])', 60)).toBe('rate(pso_rpc_seconds_count[5s])');
    expect(() => promql('max({{pso_array_upp}})')).toThrow('pso_array_upp');
    expect(() => promql('max(pso_array_up)')).toThrow('Write metrics as {{name}}');
    expect(() => promql('{{pso_rpc_seconds}}')).toThrow('pso_rpc_seconds');
    expect(() => scaled('5 minutes', 1)).toThrow('no duration');
  });

  it('of alerts and panels leave no metric unseen', () => {
    const shown = [...ALERTS.map(({ expression }) => promql(expression)), ...dashboards.flatMap(([, { panels }]) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))].join('\n'); // prettier-ignore
    const unseen = Object.keys(METRIC_CATALOGUE).filter(name => !shown.includes(name));
    expect(unseen).toEqual([]);
  });
});
