import type { MetricSet } from './metric-set.ts';

/** PORT: what the operating system and the engine say of this process. */
export interface ProcessUsage {
  readonly startedAtSeconds: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Since the last time this was read. */
  readonly busyRatio: number;
}

export function recordProcess(metrics: MetricSet, usage: ProcessUsage): void {
  metrics.set('pso_process_start_time_seconds', {}, usage.startedAtSeconds);
  metrics.countTo('pso_process_cpu_seconds_total', {}, usage.cpuSeconds);
  metrics.set('pso_process_resident_memory_bytes', {}, usage.residentBytes);
  metrics.set('pso_process_event_loop_busy_ratio', {}, usage.busyRatio);
}
