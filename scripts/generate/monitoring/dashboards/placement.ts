import type { Dashboard } from '../panel.ts';
import { bars, graph, stat } from '../panel.ts';

export const placementDashboard: Dashboard = {
  uid: 'pso-placement',
  title: 'Pure PSO / Placement',
  description: 'Which arrays new volumes went to, and why others were passed over.',
  variables: [],
  panels: [
    stat(
      'Volumes placed',
      'count',
      'sum(increase({{pso_placement_decisions_total}}{array!=""}[$__range]))',
      'In the time shown.',
      { width: 6 },
    ),
    stat(
      'Claims refused',
      'count',
      'sum(increase({{pso_placement_decisions_total}}{array=""}[$__range]))',
      'Each try counts; the event PlacementRefused of the claim says why.',
      { width: 6, thresholds: [1, 10] },
    ),
    stat(
      'Median cost',
      'percentunit',
      'histogram_quantile(0.5, sum by (le) (rate({{pso_placement_cost_ratio_bucket}}[$__range])))',
      'Of chosen arrays: 0 is idle and empty, 1 is full.',
      { width: 6, max: 1 },
    ),
    stat(
      'Limit',
      'percentunit',
      'max({{pso_placement_used_limit_ratio}})',
      'Fuller arrays get no new volumes: placement.maxUsedPercent.',
      { width: 6, max: 1 },
    ),
    graph(
      'Decisions',
      'ops',
      { '{{array}}': 'sum by (array) (rate({{pso_placement_decisions_total}}{array!=""}[$__rate_interval]))' },
      'New volumes a second, by array.',
    ),
    graph(
      'Refused',
      'ops',
      { refused: 'sum(rate({{pso_placement_decisions_total}}{array=""}[$__rate_interval]))' },
      'Decisions for which no array fits.',
    ),
    bars(
      'New volumes by array',
      'count',
      { '{{array}}': 'sort_desc(sum by (array) (increase({{pso_placement_decisions_total}}{array!=""}[$__range])))' },
      'In the time shown.',
    ),
    bars(
      'Passed over',
      'count',
      {
        '{{array}}: {{filter}}':
          'sort_desc(sum by (array, filter) (increase({{pso_placement_refusals_total}}[$__range])))',
      },
      'How often an array was refused, by the filter that did it.',
    ),
    graph(
      'Cost of the chosen',
      'percentunit',
      {
        median: 'histogram_quantile(0.5, sum by (le) (rate({{pso_placement_cost_ratio_bucket}}[$__rate_interval])))',
        '95 %': 'histogram_quantile(0.95, sum by (le) (rate({{pso_placement_cost_ratio_bucket}}[$__rate_interval])))',
      },
      'It rises when the whole fleet fills or slows down.',
      { max: 1 },
    ),
    graph(
      'Reserved',
      'bytes',
      { '{{array}}': 'max by (array) ({{pso_placement_reserved_bytes}})' },
      'What young volumes are expected to fill and figures do not show yet.',
    ),
  ],
};
