import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { ProcessUsage } from '../metrics/process-metrics.ts';

const MICRO = 1e-6;

/** Reads this process, without a timer of its own: an idle driver sleeps. */
export function processUsageReader(): () => ProcessUsage {
  const startedAtSeconds = performance.timeOrigin / 1000;
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const { user, system } = process.cpuUsage();
    return {
      startedAtSeconds,
      cpuSeconds: (user + system) * MICRO,
      residentBytes: process.memoryUsage.rss(),
      busyRatio: Number.isFinite(utilization) ? utilization : 0,
    };
  };
}
