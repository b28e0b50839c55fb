import type { Dashboard } from '../panel.ts';
import { bars, graph, stat, table, timeline } from '../panel.ts';

const ARRAYS = '{array=~"$array"}';
const perArray = (metric: string): string => `max by (array) ({{${metric}}}${ARRAYS})`;
const total = (metric: string): string => `sum(${perArray(metric)})`;

export const fleetDashboard: Dashboard = {
  uid: 'pso-fleet',
  title: 'Pure PSO / Fleet',
  description: 'Every array: health, room and load, as placement sees them.',
  variables: [{ name: 'array', label: 'Array', query: '{{pso_array_up}}, array' }],
  panels: [
    stat('Arrays that answer', 'count', total('pso_array_up'), 'Arrays whose last poll succeeded.'),
    stat(
      'Arrays that do not',
      'count',
      `count(${perArray('pso_array_up')}) - ${total('pso_array_up')}`,
      'Their reason is in the log of the controller.',
      { thresholds: [1, 1] },
    ),
    stat(
      'Used',
      'percentunit',
      `${total('pso_array_used_bytes')} / ${total('pso_array_capacity_bytes')}`,
      'Physical bytes in use, by everybody.',
      { thresholds: [0.8, 0.9], max: 1 },
    ),
    stat(
      'Room for new volumes',
      'bytes',
      `sum(clamp_min(${perArray('pso_array_capacity_bytes')} * on () group_left () max({{pso_placement_used_limit_ratio}}) - ${perArray('pso_array_used_bytes')}, 0))`,
      'Below placement.maxUsedPercent.',
    ),
    stat('Provisioned', 'bytes', total('pso_array_provisioned_bytes'), 'Promised to volumes.'),
    stat(
      'Warnings',
      'count',
      total('pso_array_warnings'),
      'What arrays say of themselves, such as a controller that is not ready.',
      { thresholds: [1, 5] },
    ),
    bars(
      'Used by array',
      'percentunit',
      { '{{array}}': `sort_desc(${perArray('pso_array_used_bytes')} / ${perArray('pso_array_capacity_bytes')})` },
      'An array above placement.maxUsedPercent gets no new volumes.',
      { thresholds: [0.8, 0.9], max: 1 },
    ),
    graph('Used', 'bytes', { '{{array}}': perArray('pso_array_used_bytes') }, 'Physical bytes in use.'),
    graph(
      'Latency',
      's',
      { '{{array}}': perArray('pso_array_latency_seconds') },
      'Mean of reads and writes, by the array.',
    ),
    graph(
      'Waiting inside the array',
      's',
      { '{{array}}': perArray('pso_array_queue_seconds') },
      'Part of the latency; it grows first when an array has too much to do.',
    ),
    graph(
      'Operations',
      'iops',
      { '{{array}}': perArray('pso_array_operations_per_second') },
      'Reads and writes a second, by the array.',
    ),
    graph(
      'Throughput',
      'Bps',
      { '{{array}}': perArray('pso_array_throughput_bytes_per_second') },
      'Bytes read and written a second, by the array.',
    ),
    timeline(
      'Answers',
      [
        { words: 'silent', color: 'red' },
        { words: 'answers', color: 'green' },
      ],
      { '{{array}}': perArray('pso_array_up') },
      'Whether the last poll succeeded.',
    ),
    graph(
      'Age of the figures',
      's',
      { '{{array}}': `min by (array) ({{pso_array_observation_age_seconds}}${ARRAYS})` },
      'Placement trusts none older than five minutes.',
    ),
    graph(
      'Silent for',
      's',
      { '{{array}}': perArray('pso_array_silent_seconds') },
      'How long an array has not answered.',
    ),
    timeline(
      'Cordoned',
      [
        { words: 'takes new volumes', color: 'green' },
        { words: 'cordoned', color: 'yellow' },
      ],
      { '{{array}}': perArray('pso_array_cordoned') },
      'The values keep new volumes away from it.',
    ),
    table(
      'Arrays',
      { name: 'Array', array: 'Endpoint', kind: 'Kind', model: 'Model', purity: 'Purity', rest: 'REST' },
      `max by (array, name, kind, model, purity, rest) ({{pso_array_info}}${ARRAYS})`,
      'Who they say they are.',
    ),
  ],
};
