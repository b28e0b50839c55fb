import type { Metric } from './metric.ts';

/** What the node plugin sees of its node. */
export const NODE_METRICS = {
  pso_node_step_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['step', 'outcome'],
    help: 'Time of the steps of staging and unstaging a volume, ok or failed.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
  },
  pso_node_iscsi_sessions: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'iSCSI sessions to Pure targets by state: logged_in or failed.',
  },
  pso_node_nvme_controllers: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'NVMe controllers (TCP or RoCE) of Pure subsystems by state: live, or failed while the kernel tries to connect again.',
  },
  pso_node_fc_paths: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'Fibre Channel paths, one for each port of the node and each port of a Pure array that it has met, by state: online or away.',
  },
  pso_node_paths: {
    type: 'gauge',
    unit: 'count',
    labels: ['state'],
    help: 'Paths (SCSI disks, NVMe paths) to Pure volumes by state: running or down.',
  },
  pso_node_volumes: {
    type: 'gauge',
    unit: 'count',
    labels: ['health'],
    help: 'Multipath maps of Pure volumes: healthy (all paths run), degraded (some do), failed (none does).',
  },
  pso_node_volume_paths: {
    type: 'gauge',
    unit: 'count',
    labels: ['wwid', 'state'],
    help: 'Paths of each Pure volume on this node, by state; absent when monitoring.volumes is false.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
