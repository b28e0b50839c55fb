import type { Prometheus, Samples } from '../support/prometheus.ts';
import type { PanelJson } from './dashboard-json.ts';

/** Of one query's answer; points of an instant one are a single one. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds and value. */
  readonly points: readonly (readonly [number, number])[];
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Grafana's variables, as Grafana fills them in. */
export const filled = (expression: string): string =>
  expression
    .replaceAll('$__rate_interval', '15s')
    .replaceAll('$__range', '2m')
    .replaceAll(/"\$(?:array|namespace|claim|node)"/g, '".*"');

const nameOf = (legend: string, labels: Readonly<Record<string, string>>): string =>
  legend === ''
    ? Object.entries(labels)
        .map(([key, value]) => `${key}="${value}"`)
        .join(', ')
    : legend.replaceAll(/\{\{(\w+)\}\}/g, (_all, label: string) => labels[label] ?? '');

/** What a panel shows of that time; each query of it in order, series as it orders them, else by name. `names`: label value -> what to show. */
export async function panelData(
  prometheus: Prometheus,
  panel: PanelJson,
  range: TimeRange,
  names: ReadonlyMap<string, string>,
): Promise<readonly Series[]> {
  const answers = await Promise.all(
    panel.targets.map(async ({ expr, instant, legendFormat }) => {
      const found = instant ? await now(prometheus, expr, range) : await prometheus.queryRange(filled(expr), range);
      const named = found.map(({ labels: given, points }) => {
        const labels = Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, names.get(value) ?? value]),
        );
        return { labels, points, name: nameOf(legendFormat, labels) };
      });
      return /^(sort|topk)/.test(expr) ? named : named.sort((a, b) => (a.name < b.name ? -1 : 1));
    }),
  );
  return answers.flat();
}

async function now(prometheus: Prometheus, expression: string, { toMs }: TimeRange): Promise<readonly Samples[]> {
  const samples = await prometheus.query(filled(expression));
  return samples.map(({ labels, value }) => ({ labels, points: [[toMs, value] as const] }));
}
