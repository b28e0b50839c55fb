import { CREATED_BLANK, CREATED_BYTES, NFS_ENDPOINT } from '../domain/publish-context.ts';
import { formatHandle, groupOfSnapshot } from '../domain/volume.ts';
import type { Snapshot, Volume } from '../domain/volume.ts';
import type { SnapshotSchema, VolumeSchema } from '../gen/csi_pb.js';
import type { ContentSource, CreatedVolume, CreateVolumeRequest } from '../orchestrator/requests.ts';
import type { MessageInit } from './grpc-service.ts';

export const timestamp = (ms: number) => ({
  seconds: BigInt(Math.floor(ms / 1000)),
  nanos: Math.floor(ms % 1000) * 1_000_000,
});

function sourceMessage(source: ContentSource) {
  return source.kind === 'snapshot'
    ? { type: { case: 'snapshot' as const, value: { snapshotId: source.id } } }
    : { type: { case: 'volume' as const, value: { volumeId: source.id } } };
}

/** The same for every repeat of a request: Kubernetes writes it into the PersistentVolume once. */
export function createdVolumeMessage(
  { volume, segments }: CreatedVolume,
  request: CreateVolumeRequest,
): MessageInit<typeof VolumeSchema> {
  const { backend, createOptions, file } = request.parameters;
  return {
    volumeId: formatHandle(volume.handle),
    capacityBytes: BigInt(volume.sizeBytes),
    volumeContext: {
      backend,
      // Only what is formatted needs proof that it may be.
      ...(backend === 'block' ? { [CREATED_BLANK]: String(request.source === null) } : {}),
      [CREATED_BYTES]: String(volume.sizeBytes),
      ...(file?.nfsEndpoint ? { [NFS_ENDPOINT]: file.nfsEndpoint } : {}),
      ...(createOptions === '' ? {} : { createoptions: createOptions }),
    },
    ...(request.source ? { contentSource: sourceMessage(request.source) } : {}),
    accessibleTopology: Object.keys(segments).length === 0 ? [] : [{ segments }],
  };
}

/** `id`: as the caller knows it. */
export const volumeMessage = (volume: Volume, id: string): MessageInit<typeof VolumeSchema> => ({
  volumeId: id,
  capacityBytes: BigInt(volume.sizeBytes),
});

/** Ids as the caller knows them. */
export interface SnapshotIds {
  readonly id: string;
  readonly sourceId: string;
}

export function snapshotMessage(snapshot: Snapshot, { id, sourceId }: SnapshotIds) {
  const group = groupOfSnapshot(snapshot.handle.name);
  return {
    snapshotId: id,
    sourceVolumeId: sourceId,
    sizeBytes: BigInt(snapshot.sizeBytes),
    creationTime: timestamp(snapshot.createdAtMs),
    // Redirect-on-write: it is complete when the array answers.
    readyToUse: true,
    ...(group === null ? {} : { groupSnapshotId: formatHandle({ ...snapshot.handle, name: group }) }),
  } satisfies MessageInit<typeof SnapshotSchema>;
}
