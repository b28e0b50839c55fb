import type { Dashboard } from '../panel.ts';
import { bars, graph, stat, table } from '../panel.ts';

const CHOSEN = '{namespace=~"$namespace",persistentvolumeclaim=~"$claim"}';
const CLAIM = 'namespace, persistentvolumeclaim';

export const volumeDashboard: Dashboard = {
  uid: 'pso-volume',
  title: 'Pure PSO / Volumes',
  description: 'Claims, their size and fill, and where they are.',
  variables: [
    { name: 'namespace', label: 'Namespace', query: '{{pso_volume_info}}, namespace' },
    { name: 'claim', label: 'Claim', query: '{{pso_volume_info}}{namespace=~"$namespace"}, persistentvolumeclaim' },
  ],
  panels: [
    stat(
      'Bound volumes',
      'count',
      `count(max by (${CLAIM}) ({{pso_volume_info}}${CHOSEN}))`,
      'Of the chosen namespaces.',
      { width: 6 },
    ),
    stat('Their size', 'bytes', `sum(max by (${CLAIM}) ({{pso_volume_size_bytes}}${CHOSEN}))`, 'As claimed.', {
      width: 6,
    }),
    stat(
      'Used in them',
      'bytes',
      `sum(max by (${CLAIM}) (kubelet_volume_stats_used_bytes${CHOSEN}) and on (${CLAIM}) {{pso_volume_info}})`,
      'By the kubelet, of mounted file systems.',
      { width: 6 },
    ),
    stat(
      'Released',
      'count',
      'sum(max by (array, storageclass, phase) ({{pso_volumes}}{phase="Released"})) or vector(0)',
      'Persistent volumes whose claim is gone and which are kept: they still take room.',
      { width: 6 },
    ),
    bars(
      'Volumes by class and array',
      'count',
      {
        '{{storageclass}} on {{array}}':
          'sort_desc(sum by (storageclass, array) (max by (array, storageclass, phase) ({{pso_volumes}})))',
      },
      'All phases.',
    ),
    bars(
      'Fullest volumes',
      'percentunit',
      {
        '{{namespace}}/{{persistentvolumeclaim}}': `topk(10, max by (${CLAIM}) (kubelet_volume_stats_used_bytes${CHOSEN} / kubelet_volume_stats_capacity_bytes) and on (${CLAIM}) {{pso_volume_info}})`,
      },
      'By the kubelet.',
      { thresholds: [0.8, 0.9], max: 1 },
    ),
    graph(
      'Used',
      'bytes',
      {
        '{{namespace}}/{{persistentvolumeclaim}}': `max by (${CLAIM}) (kubelet_volume_stats_used_bytes${CHOSEN}) and on (${CLAIM}) {{pso_volume_info}}`,
      },
      'By the kubelet.',
      { width: 24 },
    ),
    table(
      'Volumes',
      {
        namespace: 'Namespace',
        persistentvolumeclaim: 'Claim',
        storageclass: 'Class',
        array: 'Array',
        array_volume: 'Name on the array',
        persistentvolume: 'Volume',
        project: 'Project',
      },
      `max by (${CLAIM}, project, storageclass, persistentvolume, array, array_volume) ({{pso_volume_info}}${CHOSEN})`,
      'Claim, Rancher project, class, array, and the name by which the array knows the volume.',
      { height: 12 },
    ),
  ],
};
