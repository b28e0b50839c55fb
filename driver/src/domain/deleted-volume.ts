/** A volume that was deleted and that its array still keeps. */
export interface DeletedVolume {
  /** On the array. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds until the array may erase it; null: the array does not say. */
  readonly leftMs: number | null;
}

/** What one array keeps of this cluster's deleted volumes. */
export interface KeptVolumes {
  readonly endpoint: string;
  /** The array's own; its endpoint while it was never reached. */
  readonly name: string;
  /** Those that are erased first come first. */
  readonly volumes: readonly DeletedVolume[];
  /** False: the array keeps more than are listed. */
  readonly isWhole: boolean;
  /** Why nothing is known, in one sentence; null: the array answered. */
  readonly trouble: string | null;
}

/** Answer to `GET /v1/deleted` of the previews' port. */
export interface KeptVolumesAnswer {
  readonly arrays: readonly KeptVolumes[];
}
