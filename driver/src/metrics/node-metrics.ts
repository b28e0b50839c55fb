import { NODE_METRICS } from './catalogue/node-metrics.ts';
import { PROCESS_METRICS } from './catalogue/process-metrics.ts';
import type { Scrape } from './metric-set.ts';
import { MetricSet, namesOf } from './metric-set.ts';
import type { ProcessUsage } from './process-metrics.ts';
import { recordProcess } from './process-metrics.ts';

/** A node's connections to its volumes at one moment. */
export interface PathHealth {
  readonly sessions: readonly { readonly isLoggedIn: boolean }[];
  /** By NVMe/TCP or RoCE, one a portal. */
  readonly controllers: readonly { readonly isLive: boolean }[];
  /** By Fibre Channel, one for each pair of ports. */
  readonly fcPaths: readonly { readonly isOnline: boolean }[];
  /** One entry a multipath map. */
  readonly volumes: readonly { readonly wwid: string; readonly running: number; readonly down: number }[];
}

/** What the node plugin measures. */
export class NodeMetrics {
  readonly #metrics = new MetricSet([...namesOf(NODE_METRICS), ...namesOf(PROCESS_METRICS)]);
  readonly #hasVolumeSeries: boolean;

  constructor(options: { readonly version: string; readonly hasVolumeSeries: boolean }) {
    this.#hasVolumeSeries = options.hasVolumeSeries;
    this.#metrics.set('pso_build_info', { role: 'node', version: options.version }, 1);
  }

  rpc(method: string, code: string, seconds: number): void {
    this.#metrics.observe('pso_rpc_seconds', { method, code }, seconds);
  }

  step(step: string, isDone: boolean, seconds: number): void {
    this.#metrics.observe('pso_node_step_seconds', { step, outcome: isDone ? 'ok' : 'failed' }, seconds);
  }

  scrape(health: PathHealth, usage: ProcessUsage): Promise<Scrape> {
    this.#recordSums(health);
    this.#metrics.clear(['pso_node_volume_paths']);
    if (this.#hasVolumeSeries) {
      for (const { wwid, running, down } of health.volumes) {
        this.#metrics.set('pso_node_volume_paths', { wwid, state: 'running' }, running);
        this.#metrics.set('pso_node_volume_paths', { wwid, state: 'down' }, down);
      }
    }
    recordProcess(this.#metrics, usage);
    return this.#metrics.scrape();
  }

  #recordSums({ sessions, controllers, fcPaths, volumes }: PathHealth): void {
    const loggedIn = sessions.filter(({ isLoggedIn }) => isLoggedIn).length;
    this.#metrics.set('pso_node_iscsi_sessions', { state: 'logged_in' }, loggedIn);
    this.#metrics.set('pso_node_iscsi_sessions', { state: 'failed' }, sessions.length - loggedIn);
    const live = controllers.filter(({ isLive }) => isLive).length;
    this.#metrics.set('pso_node_nvme_controllers', { state: 'live' }, live);
    this.#metrics.set('pso_node_nvme_controllers', { state: 'failed' }, controllers.length - live);
    const online = fcPaths.filter(({ isOnline }) => isOnline).length;
    this.#metrics.set('pso_node_fc_paths', { state: 'online' }, online);
    this.#metrics.set('pso_node_fc_paths', { state: 'away' }, fcPaths.length - online);
    const sum = (key: 'running' | 'down') => volumes.reduce((total, volume) => total + volume[key], 0);
    this.#metrics.set('pso_node_paths', { state: 'running' }, sum('running'));
    this.#metrics.set('pso_node_paths', { state: 'down' }, sum('down'));
    const failed = volumes.filter(({ running }) => running === 0).length;
    const healthy = volumes.filter(({ running, down }) => running > 0 && down === 0).length;
    this.#metrics.set('pso_node_volumes', { health: 'failed' }, failed);
    this.#metrics.set('pso_node_volumes', { health: 'healthy' }, healthy);
    this.#metrics.set('pso_node_volumes', { health: 'degraded' }, volumes.length - failed - healthy);
  }
}
