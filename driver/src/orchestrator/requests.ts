import type { CallContext, NfsWishes } from '../backends/backend.ts';
import type { Labels } from '../domain/array.ts';
import type { PsoError } from '../domain/errors.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import type { Volume, VolumeHandle } from '../domain/volume.ts';
import type { Decision } from '../placement/place.ts';
import type { ClassParameters } from './parameters.ts';

export type { CallContext, NfsWishes };

export interface ContentSource {
  readonly kind: 'snapshot' | 'volume';
  readonly handle: VolumeHandle;
  /** As the caller wrote it: it wants to read the same again. */
  readonly id: string;
}

export interface CreateVolumeRequest {
  /** The caller's name: asked again, it means the same volume. */
  readonly name: string;
  /** Null: the caller named none. */
  readonly requiredBytes: number | null;
  readonly limitBytes: number | null;
  readonly parameters: ClassParameters;
  readonly source: ContentSource | null;
  readonly topology: { readonly requisite: readonly Labels[]; readonly preferred: readonly Labels[] };
}

export interface CreatedVolume {
  readonly volume: Volume;
  /** Topology labels of its array; empty when it is reachable from everywhere. */
  readonly segments: Labels;
}

export interface PublishRequest {
  readonly volume: VolumeHandle;
  readonly node: NodeIdentity;
  readonly isSingleNode: boolean;
  /** Of use where the volume is a file system. */
  readonly nfs: NfsWishes;
}

export interface ListedVolume {
  readonly volume: Volume;
  /** As Kubernetes knows it, which may be another driver's form. */
  readonly id: string;
  readonly nodeIds: readonly string[];
}

export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Empty at the end. */
  readonly nextToken: string;
}

export interface CapacityRequest {
  readonly parameters: ClassParameters;
  readonly segments: Labels;
}

export interface Capacity {
  readonly availableBytes: number;
  readonly largestVolumeBytes: number;
}

/** What became of a decision; told to events and metrics, never waited for. */
export interface PlacementReport {
  readonly decision: Decision;
  readonly claim: ClassParameters['claim'];
  readonly name: string;
}

/** A volume that two arrays have was connected on one of them only; told to log and events, never waited for. */
export interface PartialReport {
  /** As Kubernetes knows the volume. */
  readonly id: string;
  readonly error: PsoError;
}

/** PORT: which volumes have snapshots that Kubernetes knows; `undefined` while that is unknown. */
export interface SnapshotLedger {
  hasSnapshots(volume: VolumeHandle): boolean | undefined;
}

export type { Volume };
