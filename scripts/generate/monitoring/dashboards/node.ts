import type { Dashboard } from '../panel.ts';
import { graph, stat, table } from '../panel.ts';

const NODES = '{node=~"$node"}';
const state = (metric: string, label: string, value: string): string =>
  `sum by (node) ({{${metric}}}{node=~"$node",${label}="${value}"})`;
const total = (metric: string, label: string, value: string): string =>
  `sum({{${metric}}}{node=~"$node",${label}="${value}"})`;

export const nodeDashboard: Dashboard = {
  uid: 'pso-node',
  title: 'Pure PSO / Nodes',
  description: 'Paths and sessions of nodes to their volumes, and the time that staging takes.',
  variables: [{ name: 'node', label: 'Node', query: '{{pso_node_paths}}, node' }],
  panels: [
    stat('Healthy volumes', 'count', total('pso_node_volumes', 'health', 'healthy'), 'All paths run.', { width: 6 }),
    stat(
      'Degraded volumes',
      'count',
      total('pso_node_volumes', 'health', 'degraded'),
      'Some paths are down; the volume works.',
      { width: 6, thresholds: [1, 10] },
    ),
    stat(
      'Failed volumes',
      'count',
      total('pso_node_volumes', 'health', 'failed'),
      'No path runs: pods cannot read or write.',
      { width: 6, thresholds: [1, 1] },
    ),
    stat(
      'Broken sessions',
      'count',
      `${total('pso_node_iscsi_sessions', 'state', 'failed')} + ${total('pso_node_nvme_controllers', 'state', 'failed')} + ${total('pso_node_fc_paths', 'state', 'away')}`,
      'iSCSI sessions that are not logged in, NVMe controllers that are not live, and Fibre Channel paths that are away.',
      { width: 6, thresholds: [1, 10] },
    ),
    graph(
      'Paths',
      'count',
      {
        '{{node}} running': state('pso_node_paths', 'state', 'running'),
        '{{node}} down': state('pso_node_paths', 'state', 'down'),
      },
      'SCSI disks below the multipath maps of Pure volumes.',
    ),
    graph(
      'iSCSI sessions',
      'count',
      {
        '{{node}} logged in': state('pso_node_iscsi_sessions', 'state', 'logged_in'),
        '{{node}} failed': state('pso_node_iscsi_sessions', 'state', 'failed'),
      },
      'To Pure targets.',
    ),
    graph(
      'NVMe controllers',
      'count',
      {
        '{{node}} live': state('pso_node_nvme_controllers', 'state', 'live'),
        '{{node}} failed': state('pso_node_nvme_controllers', 'state', 'failed'),
      },
      'Of Pure subsystems, one a portal.',
    ),
    graph(
      'Fibre Channel paths',
      'count',
      {
        '{{node}} online': state('pso_node_fc_paths', 'state', 'online'),
        '{{node}} away': state('pso_node_fc_paths', 'state', 'away'),
      },
      'One for each port of a node and each port of a Pure array that it has met.',
    ),
    graph(
      'Time of steps',
      's',
      {
        '{{step}} 95 %': `histogram_quantile(0.95, sum by (le, step) (rate({{pso_node_step_seconds_bucket}}${NODES}[$__rate_interval])))`,
      },
      'What staging and unstaging consist of; attach contains login and map.',
    ),
    graph(
      'Failed steps',
      'ops',
      {
        '{{node}} {{step}}':
          'sum by (node, step) (rate({{pso_node_step_seconds_count}}{node=~"$node",outcome="failed"}[$__rate_interval]))',
      },
      'Each is repeated by the kubelet; the events of the pod say why.',
    ),
    graph(
      'Calls of the kubelet',
      'ops',
      {
        '{{method}} {{code}}': `sum by (method, code) (rate({{pso_rpc_seconds_count}}{method=~"Node.*",node=~"$node"}[$__rate_interval]))`,
      },
      'By method and outcome.',
    ),
    graph(
      'Time of calls',
      's',
      {
        '{{method}} 95 %': `histogram_quantile(0.95, sum by (le, method) (rate({{pso_rpc_seconds_bucket}}{method=~"Node.*",node=~"$node"}[$__rate_interval])))`,
      },
      'From the kubelet to the answer.',
    ),
    table(
      'Paths of volumes',
      { node: 'Node', wwid: 'WWID', state: 'State', Value: 'Paths' },
      'sum by (node, wwid, state) ({{pso_node_volume_paths}}{node=~"$node"}) > 0',
      'By WWID, which is on the array 3624a9370 and the serial of the volume.',
      { width: 24 },
    ),
  ],
};
