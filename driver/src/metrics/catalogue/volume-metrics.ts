import type { Metric } from './metric.ts';

const CLAIM = ['namespace', 'persistentvolumeclaim', 'persistentvolume', 'storageclass'] as const;

/** From Kubernetes, so only in a cluster, and not when `monitoring.volumes` is false: a fleet has thousands of volumes. */
export const VOLUME_METRICS = {
  pso_volume_info: {
    type: 'gauge',
    unit: 'yes or no',
    labels: [...CLAIM, 'project', 'array', 'array_volume'],
    help: 'Always 1: the claim, Rancher project, class, array and name on the array of each bound volume.',
  },
  pso_volume_size_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [...CLAIM, 'array'],
    help: 'Size of each bound volume, as Kubernetes knows it.',
  },
  pso_volumes: {
    type: 'gauge',
    unit: 'count',
    labels: ['array', 'storageclass', 'phase'],
    help: 'Number of persistent volumes by array, class and phase.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
