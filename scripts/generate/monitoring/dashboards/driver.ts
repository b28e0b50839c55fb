import type { Dashboard } from '../panel.ts';
import { graph, stat, table, timeline } from '../panel.ts';

const quantile = (share: number, metric: string, by: string): string =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate({{${metric}_bucket}}[$__rate_interval])))`;

export const driverDashboard: Dashboard = {
  uid: 'pso-driver',
  title: 'Pure PSO / Driver',
  description: 'Calls of Kubernetes, calls to arrays, queues and the processes themselves.',
  variables: [],
  panels: [
    stat('Controllers', 'count', 'count({{pso_build_info}}{role="controller"})', 'That answer Prometheus.', {
      width: 6,
    }),
    stat('Node plugins', 'count', 'count({{pso_build_info}}{role="node"})', 'That answer Prometheus.', { width: 6 }),
    stat(
      'Wrong entries of the values',
      'count',
      'max({{pso_configuration_problems}})',
      'Left out; the log names them.',
      { width: 6, thresholds: [1, 1] },
    ),
    stat('Calls that wait for arrays', 'count', 'sum({{pso_rest_queued_calls}})', 'In the driver.', {
      width: 6,
      thresholds: [50, 500],
    }),
    graph(
      'Calls of Kubernetes',
      'ops',
      { '{{method}}': 'sum by (method) (rate({{pso_rpc_seconds_count}}[$__rate_interval]))' },
      'By method.',
    ),
    graph(
      'Outcomes other than ok',
      'ops',
      {
        '{{method}} {{code}}': 'sum by (method, code) (rate({{pso_rpc_seconds_count}}{code!="ok"}[$__rate_interval]))',
      },
      'Each is repeated; docs/errors.md explains the codes.',
    ),
    graph(
      'Time of calls',
      's',
      { '{{method}} 95 %': quantile(0.95, 'pso_rpc_seconds', 'method') },
      'From the sidecar or the kubelet to the answer.',
    ),
    graph(
      'REST calls',
      'reqps',
      { '{{array}}': 'sum by (array) (rate({{pso_rest_calls_total}}[$__rate_interval]))' },
      'By array.',
    ),
    graph(
      'REST calls that failed',
      'reqps',
      {
        '{{array}} {{status}}':
          'sum by (array, status) (rate({{pso_rest_calls_total}}{status!~"2.."}[$__rate_interval]))',
      },
      'By array and status; 0 is no answer.',
    ),
    graph(
      'Time of REST calls',
      's',
      { '{{array}} 95 %': quantile(0.95, 'pso_rest_seconds', 'array') },
      'Without waiting in the queue of the driver.',
    ),
    graph(
      'Calls that wait',
      'count',
      { '{{array}}': 'sum by (array) ({{pso_rest_queued_calls}})' },
      'In the driver, for their turn at an array.',
    ),
    graph(
      'Share of the calls that an array may get at once',
      'percentunit',
      {
        '{{array}}': 'sum by (array) ({{pso_rest_running_calls}}) / sum by (array) ({{pso_rest_running_calls_limit}})',
      },
      'The limit is halved when an array says that it is overloaded.',
      { max: 1 },
    ),
    timeline(
      'Arrays left alone',
      [
        { words: 'asked', color: 'green' },
        { words: 'left alone', color: 'red' },
      ],
      { '{{array}}': 'max by (array) ({{pso_rest_breaker_open}})' },
      'After several calls without an answer an array is asked only now and then.',
    ),
    graph('Memory', 'bytes', { '{{instance}}': '{{pso_process_resident_memory_bytes}}' }, 'Of each process.'),
    graph(
      'Processor',
      'percentunit',
      { '{{instance}}': 'rate({{pso_process_cpu_seconds_total}}[$__rate_interval])' },
      '1 is one core.',
    ),
    graph(
      'Event loop busy',
      'percentunit',
      { '{{instance}}': '{{pso_process_event_loop_busy_ratio}}' },
      'Near 1, calls wait for the process itself.',
      { max: 1 },
    ),
    graph(
      'Up since',
      's',
      { '{{instance}}': 'time() - {{pso_process_start_time_seconds}}' },
      'It falls to 0 when a process starts anew.',
    ),
    graph(
      'Arrays configured',
      'count',
      { '{{instance}}': '{{pso_arrays_configured}}' },
      'Controllers differ for some seconds after a change of the values.',
    ),
    table(
      'Versions',
      { role: 'Part', version: 'Version', node: 'Node', instance: 'Address' },
      'max by (role, version, node, instance) ({{pso_build_info}})',
      'What runs where.',
    ),
  ],
};
