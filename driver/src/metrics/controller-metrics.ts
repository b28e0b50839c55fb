import { ARRAY_METRICS } from './catalogue/array-metrics.ts';
import { PLACEMENT_METRICS } from './catalogue/placement-metrics.ts';
import { PROCESS_METRICS } from './catalogue/process-metrics.ts';
import { VOLUME_METRICS } from './catalogue/volume-metrics.ts';
import type { ArrayReading } from './fleet-metrics.ts';
import { recordFleet } from './fleet-metrics.ts';
import type { Scrape } from './metric-set.ts';
import { MetricSet, namesOf } from './metric-set.ts';
import type { ProcessUsage } from './process-metrics.ts';
import { recordProcess } from './process-metrics.ts';
import type { VolumeReading } from './volume-metrics.ts';
import { recordVolumes } from './volume-metrics.ts';

/** What a decision shows here; endpoints name arrays. */
export interface DecisionView {
  readonly chosen: string | null;
  readonly verdicts: readonly {
    readonly endpoint: string;
    readonly refusal: { readonly filter: string } | null;
    readonly scores: { readonly cost: number } | null;
  }[];
}

/** All that is read at the moment of a scrape. */
export interface ControllerReading {
  readonly nowMs: number;
  readonly arrays: readonly ArrayReading[];
  /** Null where Kubernetes is not there to tell them. */
  readonly volumes: readonly VolumeReading[] | null;
  readonly process: ProcessUsage;
}

/** What the controller measures. */
export class ControllerMetrics {
  readonly #metrics = new MetricSet([
    ...namesOf(ARRAY_METRICS),
    ...namesOf(PLACEMENT_METRICS),
    ...namesOf(VOLUME_METRICS),
    ...namesOf(PROCESS_METRICS),
  ]);

  constructor(options: { readonly version: string; readonly maxUsedPercent: number }) {
    this.#metrics.set('pso_build_info', { role: 'controller', version: options.version }, 1);
    this.#metrics.set('pso_placement_used_limit_ratio', {}, options.maxUsedPercent / 100);
    // There from the start, so that the first refusal is an increase.
    this.#metrics.count('pso_placement_decisions_total', { array: '' }, 0);
  }

  rpc(method: string, code: string, seconds: number): void {
    this.#metrics.observe('pso_rpc_seconds', { method, code }, seconds);
  }

  decision({ chosen, verdicts }: DecisionView): void {
    this.#metrics.count('pso_placement_decisions_total', { array: chosen ?? '' });
    for (const { endpoint, refusal, scores } of verdicts) {
      if (refusal) this.#metrics.count('pso_placement_refusals_total', { array: endpoint, filter: refusal.filter });
      if (endpoint === chosen && scores) this.#metrics.observe('pso_placement_cost_ratio', {}, scores.cost);
    }
  }

  /** `status` 0: no answer. */
  restCall(array: string, method: string, status: number, seconds: number): void {
    this.#metrics.count('pso_rest_calls_total', { array, method, status: String(status) });
    this.#metrics.observe('pso_rest_seconds', { array }, seconds);
  }

  configured(arrays: number, problems: number): void {
    this.#metrics.set('pso_arrays_configured', {}, arrays);
    this.#metrics.set('pso_configuration_problems', {}, problems);
  }

  scrape(reading: ControllerReading): Promise<Scrape> {
    recordFleet(this.#metrics, reading.arrays, reading.nowMs);
    if (reading.volumes) recordVolumes(this.#metrics, reading.volumes);
    recordProcess(this.#metrics, reading.process);
    return this.#metrics.scrape();
  }
}
