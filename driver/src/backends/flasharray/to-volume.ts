import { volumeOfSnapshot } from '../../domain/volume.ts';
import type { Snapshot, Volume } from '../../domain/volume.ts';
import type { SnapshotItem } from '../../rest/flasharray/snapshots.ts';
import type { VolumeItem } from '../../rest/flasharray/volumes.ts';
import { fromArrayQos } from './qos.ts';

export const toVolume = (arrayId: string, item: VolumeItem): Volume => ({
  handle: { arrayId, name: item.name },
  sizeBytes: item.provisioned,
  serial: item.serial.toUpperCase(),
  qos: fromArrayQos(item.qos),
  sourceName: item.sourceName,
  createdAtMs: item.created,
  isDestroyed: item.isDestroyed,
});

export const toSnapshot = (arrayId: string, item: SnapshotItem): Snapshot => ({
  handle: { arrayId, name: item.name },
  source: { arrayId, name: item.sourceName ?? volumeOfSnapshot(item.name) },
  sizeBytes: item.provisioned,
  createdAtMs: item.created,
});
