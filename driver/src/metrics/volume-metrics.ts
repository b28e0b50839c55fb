import type { MetricSet } from './metric-set.ts';

/** A persistent volume of ours, as Kubernetes knows it. */
export interface VolumeReading {
  readonly persistentVolume: string;
  /** `Bound`, `Released`, `Available`, `Failed`, `Pending`. */
  readonly phase: string;
  /** Empty while it is unbound. */
  readonly namespace: string;
  readonly claim: string;
  readonly storageClass: string;
  readonly sizeBytes: number;
  /** Rancher's project of the namespace; empty where there is none. */
  readonly project: string;
  /** Endpoint; empty for an array that is not configured. */
  readonly array: string;
  readonly arrayVolume: string;
}

/** Sets the figures of all volumes anew. */
export function recordVolumes(metrics: MetricSet, volumes: readonly VolumeReading[]): void {
  metrics.clear(['pso_volumes', 'pso_volume_info', 'pso_volume_size_bytes']);
  const counts = new Map<string, { readonly volume: VolumeReading; count: number }>();
  for (const volume of volumes) {
    const key = JSON.stringify([volume.array, volume.storageClass, volume.phase]);
    const entry = counts.get(key) ?? { volume, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
    if (volume.phase === 'Bound') recordVolume(metrics, volume);
  }
  for (const { volume, count } of counts.values()) {
    const { array, storageClass, phase } = volume;
    metrics.set('pso_volumes', { array, storageclass: storageClass, phase }, count);
  }
}

function recordVolume(metrics: MetricSet, volume: VolumeReading): void {
  const { array, arrayVolume, project, sizeBytes } = volume;
  const claim = {
    namespace: volume.namespace,
    persistentvolumeclaim: volume.claim,
    persistentvolume: volume.persistentVolume,
    storageclass: volume.storageClass,
  };
  metrics.set('pso_volume_info', { ...claim, project, array, array_volume: arrayVolume }, 1);
  metrics.set('pso_volume_size_bytes', { ...claim, array }, sizeBytes);
}
