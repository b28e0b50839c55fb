import type { QosLimits } from './volume.ts';

/** Averages over the array's last sample. */
export interface VolumeLoad {
  readonly iops: number;
  readonly bytesPerSecond: number;
  readonly latencyMicroseconds: number;
}

/** A live volume as its array sees it now. */
export interface VolumeFigures {
  /** `<array UUID>/<name on the array>`, as the PersistentVolume has it. */
  readonly handle: string;
  readonly sizeBytes: number;
  /** Physical bytes of the volume's own data, after reduction; null: the array does not say. */
  readonly usedBytes: number | null;
  /** Physical bytes that only its snapshots hold; null: the array does not say. */
  readonly snapshotBytes: number | null;
  /** Times that the written data is larger than what it takes; null: nothing is written, or the array does not say. */
  readonly reduction: number | null;
  readonly qos: QosLimits;
  /** Null: no sample yet, or the array does not say. */
  readonly load: VolumeLoad | null;
}

export interface VolumeSnapshotNote {
  /** On the array. */
  readonly name: string;
  readonly createdAtMs: number;
}

/** What takes further calls, so it is told of a few volumes only. */
export interface VolumeDetails {
  /** Newest first. */
  readonly snapshots: readonly VolumeSnapshotNote[];
  /** Names of the nodes that are connected. */
  readonly nodes: readonly string[];
  /** Why it is on this array, as it was written there when it was made; null: nothing was written. */
  readonly decision: string | null;
}

/** What is known of one volume that was asked about. */
export interface VolumeReport {
  readonly handle: string;
  /** Null: see `trouble`. */
  readonly figures: VolumeFigures | null;
  /** Null: nobody asked for them, or see `trouble`. */
  readonly details: VolumeDetails | null;
  /** Why something is not known, in one sentence; null: all that was asked for is. */
  readonly trouble: string | null;
}

/** Answer to `POST /v1/volumes` of the previews' port, in the order of the question. */
export interface VolumeReportsAnswer {
  readonly volumes: readonly VolumeReport[];
}

export interface UsagePoint {
  readonly atMs: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** How one array fills, and by what of this cluster. */
export interface ArrayUsage {
  readonly endpoint: string;
  /** The array's own; its endpoint while it was never reached. */
  readonly name: string;
  /** Oldest first; the array's own history of up to thirty days. */
  readonly history: readonly UsagePoint[];
  /** Of this cluster, those that use most first. */
  readonly largest: readonly VolumeFigures[];
  /** Of this cluster, those with most operations first. */
  readonly busiest: readonly VolumeFigures[];
  /** Why nothing is known, in one sentence; null: the array answered. */
  readonly trouble: string | null;
}

/** Answer to `GET /v1/usage` of the previews' port. */
export interface FleetUsageAnswer {
  readonly arrays: readonly ArrayUsage[];
}
