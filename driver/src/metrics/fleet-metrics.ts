import type { ArrayState, ArrayTraffic } from '../domain/array.ts';
import type { MetricSet } from './metric-set.ts';

/** One array at the moment of a scrape. */
export interface ArrayReading {
  readonly state: ArrayState;
  /** Null while it answers. */
  readonly silentMs: number | null;
  readonly traffic: ArrayTraffic | null;
  readonly reservedBytes: number;
}

const PER_ARRAY = [
  'pso_array_info',
  'pso_array_up',
  'pso_array_cordoned',
  'pso_array_warnings',
  'pso_array_silent_seconds',
  'pso_array_observation_age_seconds',
  'pso_array_capacity_bytes',
  'pso_array_used_bytes',
  'pso_array_provisioned_bytes',
  'pso_array_operations_per_second',
  'pso_array_throughput_bytes_per_second',
  'pso_array_latency_seconds',
  'pso_array_queue_seconds',
  'pso_rest_queued_calls',
  'pso_rest_running_calls',
  'pso_rest_running_calls_limit',
  'pso_rest_breaker_open',
  'pso_placement_reserved_bytes',
] as const;

const MICRO = 1e-6;
const flag = (is: boolean): number => (is ? 1 : 0);

/** Sets every figure of every array anew. */
export function recordFleet(metrics: MetricSet, readings: readonly ArrayReading[], nowMs: number): void {
  metrics.clear(PER_ARRAY);
  for (const reading of readings) {
    const labels = { array: reading.state.settings.endpoint };
    recordHealth(metrics, labels, reading);
    recordObservation(metrics, labels, reading.state, nowMs);
    if (reading.traffic) recordTraffic(metrics, labels, reading.traffic);
    metrics.set('pso_placement_reserved_bytes', labels, reading.reservedBytes);
  }
}

interface ArrayLabel {
  readonly array: string;
}

function recordHealth(metrics: MetricSet, labels: ArrayLabel, { state, silentMs }: ArrayReading): void {
  metrics.set('pso_array_up', labels, flag(state.observation !== null && state.trouble === null));
  metrics.set('pso_array_cordoned', labels, flag(state.settings.cordoned));
  metrics.set('pso_array_silent_seconds', labels, (silentMs ?? 0) / 1000);
}

function recordObservation(
  metrics: MetricSet,
  labels: ArrayLabel,
  { observation, settings }: ArrayState,
  nowMs: number,
): void {
  if (!observation) return;
  const { identity, capacity, load } = observation;
  const { name, kind, model, purityVersion: purity, restVersion: rest } = identity;
  metrics.set('pso_array_info', { array: settings.endpoint, name, kind, model, purity, rest }, 1);
  metrics.set('pso_array_warnings', labels, observation.warnings.length);
  metrics.set('pso_array_observation_age_seconds', labels, Math.max(0, nowMs - observation.observedAtMs) / 1000);
  metrics.set('pso_array_capacity_bytes', labels, capacity.totalBytes);
  metrics.set('pso_array_used_bytes', labels, capacity.usedBytes);
  if (capacity.provisionedBytes !== null) {
    metrics.set('pso_array_provisioned_bytes', labels, capacity.provisionedBytes);
  }
  if (!load) return;
  metrics.set('pso_array_operations_per_second', labels, load.iops);
  metrics.set('pso_array_throughput_bytes_per_second', labels, load.bytesPerSecond);
  metrics.set('pso_array_latency_seconds', labels, load.latencyMicroseconds * MICRO);
  metrics.set('pso_array_queue_seconds', labels, load.queueMicroseconds * MICRO);
}

function recordTraffic(metrics: MetricSet, labels: ArrayLabel, traffic: ArrayTraffic): void {
  metrics.set('pso_rest_queued_calls', labels, traffic.queued);
  metrics.set('pso_rest_running_calls', labels, traffic.running);
  metrics.set('pso_rest_running_calls_limit', labels, traffic.runningLimit);
  metrics.set('pso_rest_breaker_open', labels, flag(traffic.isBreakerOpen));
}
