import type { Metric } from './metric.ts';

/** What the controller decides. */
export const PLACEMENT_METRICS = {
  pso_placement_decisions_total: {
    type: 'counter',
    unit: 'count',
    labels: ['array'],
    help: 'Placement decisions by chosen array; refused ones have an empty array.',
  },
  pso_placement_refusals_total: {
    type: 'counter',
    unit: 'count',
    labels: ['array', 'filter'],
    help: 'How often a decision passed over an array, by the filter that refused it.',
  },
  pso_placement_cost_ratio: {
    type: 'histogram',
    unit: 'ratio',
    labels: [],
    help: 'Cost of the chosen arrays when they were chosen: 0 is idle and empty, 1 is full.',
    buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  },
  pso_placement_reserved_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['array'],
    help: 'Bytes that young volumes are expected to fill and figures do not show yet.',
  },
  pso_placement_used_limit_ratio: {
    type: 'gauge',
    unit: 'ratio',
    labels: [],
    help: 'Arrays that are fuller get no new volumes (placement.maxUsedPercent).',
  },
  pso_arrays_configured: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Arrays that the values name and that are right.',
  },
  pso_configuration_problems: {
    type: 'gauge',
    unit: 'count',
    labels: [],
    help: 'Entries of the values that are wrong and left out; the log names them.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
