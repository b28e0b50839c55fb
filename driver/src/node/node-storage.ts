import type { PublishContext } from '../domain/publish-context.ts';
import type { FsStats } from './host-fs.ts';

/** How a volume is to be used. */
export type VolumeUse =
  | { readonly kind: 'block' }
  | { readonly kind: 'mount'; readonly fsType: string; readonly mountFlags: readonly string[] };

/** `single`: one target path at a time (ReadWriteOncePod). */
export type NodeAccess = 'reader' | 'single' | 'shared';

export interface StageRequest<Context extends PublishContext = PublishContext> {
  readonly volumeId: string;
  readonly stagingPath: string;
  readonly context: Context;
  readonly use: VolumeUse;
  readonly access: NodeAccess;
  /** mkfs options in PSO's free text; empty for none. */
  readonly createOptions: string;
  /** One of the proofs that formatting needs: CreateVolume said that it made the volume without content. */
  readonly isCreatedBlank: boolean;
  /** Size at creation; the device may be larger, never smaller. 0 when nobody noted it. */
  readonly createdBytes: number;
}

export interface PublishRequest<Context extends PublishContext = PublishContext> {
  readonly volumeId: string;
  readonly stagingPath: string;
  readonly targetPath: string;
  readonly use: VolumeUse;
  readonly access: NodeAccess;
  readonly readOnly: boolean;
  readonly context: Context;
}

export interface ExpandRequest {
  readonly volumeId: string;
  /** Where the volume is staged or published; null or empty staging path when the caller does not say. */
  readonly volumePath: string;
  readonly stagingPath: string | null;
  /** 0: as large as the device is. */
  readonly requiredBytes: number;
}

export type VolumeStats =
  ({ readonly kind: 'mount' } & FsStats) | { readonly kind: 'block'; readonly totalBytes: number };

/** PORT: what the CSI node service needs, of volumes that come by some protocols. Every method is idempotent and safe to repeat after a crash half-way. */
export interface NodeStorage<Context extends PublishContext = PublishContext> {
  stage(request: StageRequest<Context>): Promise<void>;
  unstage(volumeId: string, stagingPath: string): Promise<void>;
  publish(request: PublishRequest<Context>): Promise<void>;
  unpublish(volumeId: string, targetPath: string): Promise<void>;
  /** Answers the size in bytes of the device. */
  expand(request: ExpandRequest): Promise<number>;
  stats(volumeId: string, volumePath: string): Promise<VolumeStats>;
}
