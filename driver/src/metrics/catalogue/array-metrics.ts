import type { Metric } from './metric.ts';

/** What the controller knows of each array. */
export const ARRAY_METRICS = {
  pso_array_info: {
    type: 'gauge',
    unit: 'yes or no',
    labels: ['array', 'name', 'kind', 'model', 'purity', 'rest'],
    help: 'Always 1: who an array says it is; absent until it was reached once.',
  },
  pso_array_up: {
    type: 'gauge',
    unit: 'yes or no',
    labels: ['array'],
    help: 'Whether the last poll of an array succeeded.',
  },
  pso_array_cordoned: {
    type: 'gauge',
    unit: 'yes or no',
    labels: ['array'],
    help: 'Whether the values keep new volumes away from an array.',
  },
  pso_array_warnings: {
    type: 'gauge',
    unit: 'count',
    labels: ['array'],
    help: 'Warnings of the last good poll, such as a controller that is not ready.',
  },
  pso_array_silent_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['array'],
    help: 'How long an array has not answered; 0 while it does.',
  },
  pso_array_observation_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['array'],
    help: 'Age of the figures that placement uses; old ones keep new volumes away.',
  },
  pso_array_capacity_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['array'],
    help: 'Usable bytes of an array.',
  },
  pso_array_used_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['array'],
    help: 'Physical bytes in use on an array, by everybody.',
  },
  pso_array_provisioned_bytes: {
    type: 'gauge',
    unit: 'bytes',
    labels: ['array'],
    help: 'Bytes promised to volumes of an array; absent where it does not say.',
  },
  pso_array_operations_per_second: {
    type: 'gauge',
    unit: 'operations per second',
    labels: ['array'],
    help: "Reads and writes a second, in the array's last sample.",
  },
  pso_array_throughput_bytes_per_second: {
    type: 'gauge',
    unit: 'bytes per second',
    labels: ['array'],
    help: "Bytes read and written a second, in the array's last sample.",
  },
  pso_array_latency_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['array'],
    help: "Mean latency of reads and writes, in the array's last sample.",
  },
  pso_array_queue_seconds: {
    type: 'gauge',
    unit: 'seconds',
    labels: ['array'],
    help: 'Part of that latency spent waiting inside the array.',
  },
  pso_rest_calls_total: {
    type: 'counter',
    unit: 'count',
    labels: ['array', 'method', 'status'],
    help: 'REST calls by array, method and status; status 0: no answer.',
  },
  pso_rest_seconds: {
    type: 'histogram',
    unit: 'seconds',
    labels: ['array'],
    help: 'Time of REST calls, without waiting in the queue of the driver.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
  },
  pso_rest_queued_calls: {
    type: 'gauge',
    unit: 'count',
    labels: ['array'],
    help: 'REST calls that wait in the driver for their turn at an array.',
  },
  pso_rest_running_calls: {
    type: 'gauge',
    unit: 'count',
    labels: ['array'],
    help: 'REST calls under way to an array.',
  },
  pso_rest_running_calls_limit: {
    type: 'gauge',
    unit: 'count',
    labels: ['array'],
    help: 'How many REST calls may be under way; halved when the array is overloaded.',
  },
  pso_rest_breaker_open: {
    type: 'gauge',
    unit: 'yes or no',
    labels: ['array'],
    help: 'Whether an array is left alone for some seconds because it did not answer several times.',
  },
} as const satisfies Readonly<Record<string, Metric>>;
