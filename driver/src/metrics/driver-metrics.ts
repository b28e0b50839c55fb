import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Catalogue of what the controller measures; base units, no volume names in labels. */
export class DriverMetrics {
  readonly registry = new Registry();
  readonly #rpcSeconds = new Histogram({
    name: 'pso_rpc_seconds',
    help: 'Time of CSI calls by method and status code.',
    labelNames: ['method', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15, 60],
    registers: [this.registry],
  });
  readonly #decisions = new Counter({
    name: 'pso_placement_decisions_total',
    help: 'Placement decisions by chosen array; refused ones have an empty array.',
    labelNames: ['array'],
    registers: [this.registry],
  });
  readonly #arrayUp = new Gauge({
    name: 'pso_array_up',
    help: 'Whether the last poll of an array succeeded.',
    labelNames: ['array'],
    registers: [this.registry],
  });
  readonly #restCalls = new Counter({
    name: 'pso_rest_calls_total',
    help: 'REST calls by array, method and status; status 0: no answer.',
    labelNames: ['array', 'method', 'status'],
    registers: [this.registry],
  });

  constructor() {
    // Ten samples of the event loop's lag a second instead of a hundred: an idle controller should sleep.
    collectDefaultMetrics({ register: this.registry, prefix: 'pso_', eventLoopMonitoringPrecision: 100 });
  }

  rpc(method: string, code: string, seconds: number): void {
    this.#rpcSeconds.observe({ method, code }, seconds);
  }

  decision(array: string | null): void {
    this.#decisions.inc({ array: array ?? '' });
  }

  restCall(array: string, method: string, status: number): void {
    this.#restCalls.inc({ array, method, status: String(status) });
  }

  /** Before each scrape: arrays that are gone leave no stale series. */
  arrays(states: readonly { readonly array: string; readonly isUp: boolean }[]): void {
    this.#arrayUp.reset();
    for (const { array, isUp } of states) this.#arrayUp.set({ array }, isUp ? 1 : 0);
  }
}
