import type { QosLimits, Snapshot, Volume } from '../../domain/volume.ts';
import type { FileSystemItem } from '../../rest/flashblade/file-systems.ts';
import type { SnapshotItem } from '../../rest/flashblade/snapshots.ts';
import { snapshotParts } from '../names.ts';

/** 0 bytes: a file system without a size of its own, as large as the array. */
export const toVolume = (arrayId: string, item: FileSystemItem, qos: QosLimits): Volume => ({
  handle: { arrayId, name: item.name },
  sizeBytes: item.provisioned ?? 0,
  serial: null,
  qos,
  sourceName: item.sourceName,
  createdAtMs: item.created,
  isDestroyed: item.isDestroyed,
});

/** The array tells no size of snapshots: 0 is "unknown" in CSI. */
export const toSnapshot = (arrayId: string, item: SnapshotItem): Snapshot => ({
  handle: { arrayId, name: item.name },
  source: { arrayId, name: item.ownerName ?? snapshotParts(item.name).volumeName },
  sizeBytes: 0,
  createdAtMs: item.created,
});
