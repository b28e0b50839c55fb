import type { HttpAnswer } from './adapters/http-endpoint.ts';
import { processUsageReader } from './adapters/process-usage.ts';
import type { ClusterVolume } from './kube/persistent-volumes.ts';
import type { Clock } from './lib/clock.ts';
import type { ControllerMetrics } from './metrics/controller-metrics.ts';
import type { ArrayReading } from './metrics/fleet-metrics.ts';
import type { VolumeReading } from './metrics/volume-metrics.ts';
import type { Fleet, Member } from './orchestrator/fleet.ts';
import type { Reservations } from './orchestrator/reservations.ts';

export interface MetricSources {
  readonly clock: Clock;
  readonly metrics: ControllerMetrics;
  readonly fleet: Fleet;
  readonly reservations: Reservations;
  /** Null where Kubernetes can't tell. */
  readonly volumes: () => readonly ClusterVolume[] | null;
}

/** Answers a scrape: everything is read from memory at that moment, no array and no server is asked. */
export function metricsRoute(sources: MetricSources): () => Promise<HttpAnswer> {
  const readProcess = processUsageReader();
  return async () => {
    const { clock, metrics, fleet, reservations, volumes } = sources;
    const nowMs = clock.nowMs();
    const members = fleet.members();
    const reserved = reservations.sums();
    const scrape = await metrics.scrape({
      nowMs,
      arrays: members.map(member => readArray(member, nowMs, reserved[member.state.settings.endpoint]?.bytes ?? 0)),
      volumes: volumes()?.map(volume => readVolume(volume, members)) ?? null,
      process: readProcess(),
    });
    return { status: 200, ...scrape };
  };
}

function readArray({ state, backend, silentSinceMs }: Member, nowMs: number, reservedBytes: number): ArrayReading {
  return {
    state,
    silentMs: silentSinceMs === null ? null : nowMs - silentSinceMs,
    traffic: backend.traffic?.() ?? null,
    reservedBytes,
  };
}

function readVolume({ handle, id, ...volume }: ClusterVolume, members: readonly Member[]): VolumeReading {
  const holder = members.find(({ arrayId }) => arrayId !== null && arrayId.toLowerCase() === handle?.arrayId);
  return { ...volume, array: holder?.state.settings.endpoint ?? '', arrayVolume: handle?.name ?? id };
}
