import { ARRAY_METRICS } from './catalogue/array-metrics.ts';
import type { Metric } from './catalogue/metric.ts';
import { NODE_METRICS } from './catalogue/node-metrics.ts';
import { PLACEMENT_METRICS } from './catalogue/placement-metrics.ts';
import { PROCESS_METRICS } from './catalogue/process-metrics.ts';
import { VOLUME_METRICS } from './catalogue/volume-metrics.ts';

/** All that is measured, in the chapters of docs/metrics.md. Registry, page, alerts and dashboards know no other metric. */
export const METRIC_CHAPTERS = {
  Arrays: ARRAY_METRICS,
  Placement: PLACEMENT_METRICS,
  Volumes: VOLUME_METRICS,
  Nodes: NODE_METRICS,
  'Controller and node plugin': PROCESS_METRICS,
} as const;

export const METRIC_CATALOGUE = {
  ...ARRAY_METRICS,
  ...PLACEMENT_METRICS,
  ...VOLUME_METRICS,
  ...NODE_METRICS,
  ...PROCESS_METRICS,
} as const;

type Catalogue = typeof METRIC_CATALOGUE;
export type MetricName = keyof Catalogue;
export type MetricOf<Type extends Metric['type']> = {
  [Name in MetricName]: Catalogue[Name]['type'] extends Type ? Name : never;
}[MetricName];
/** Exactly the labels of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<Catalogue[Name]['labels'][number], string>>;
