import type { Metric } from './metric.ts';

/** Of controller and node plugin alike. */
export const PROCESS_METRICS = {
  pso_build_info: {
    type: 'gauge',
    unit: 'yes or no',
    labels: ['role', 'version'],
    help: 'Always 1: which version runs, as controller or node.',
  },
  pso_rpc_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['method', 'code'],
    help: 'Time of CSI calls by method and outcome, ok or the code of an error.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15, 60],
  },
  pso_process_start_time_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    help: 'Unix time at which the process started.',
  },
  pso_process_cpu_seconds_total: {
    type: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'Processor time that the process used, in user and in system mode.',
  },
  pso_process_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Memory that the process holds.',
  },
  pso_process_event_loop_busy_ratio: {
    type: 'gauge',
    unit: 'ratio',
    labels: [],
    help: "Share of the time since the last scrape in which the process's one thread worked.",
  },
} as const satisfies Readonly<Record<string, Metric>>;
