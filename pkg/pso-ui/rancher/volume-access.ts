import { DRIVER } from '../modules/driver-name.ts';
import { eventQuery, type VolumeView, volumeQuery, waitingQuery } from '../modules/volume-query.ts';
import { type VolumeRow, volumeRows } from '../modules/volumes.ts';
import { listPage } from './paged.ts';
import { listAll, type Store, TYPE } from './store.ts';

/** Claims that wait are few, or somebody has more urgent questions than the rest of them. */
const MAX_WAITING = 20;

export interface VolumeList {
  readonly rows: readonly VolumeRow[];
  /** Of all pages. */
  readonly count: number;
  readonly waiting: readonly VolumeRow[];
  readonly waitingCount: number;
}

/** Four small requests, whatever the cluster holds. */
export async function listVolumes(store: Store, view: VolumeView): Promise<VolumeList> {
  const classes = await listAll(store, TYPE.storageClass);
  const [volumes, claims] = await Promise.all([
    listPage(store, TYPE.volume, volumeQuery(view, classes)),
    listPage(store, TYPE.claim, waitingQuery(classes, MAX_WAITING)),
  ]);
  const uids = [
    ...volumes.items.map(volume => volume.spec?.claimRef?.uid),
    ...claims.items.map(claim => claim.metadata?.uid),
  ].filter((uid): uid is string => typeof uid === 'string');
  const events = await listPage(store, TYPE.event, eventQuery(uids));
  const ours = new Set<string>(classes.filter(one => one.provisioner === DRIVER).map(one => one.metadata.name));
  const rows = volumeRows(volumes.items, claims.items, ours, events.items);
  return {
    rows: rows.filter(({ arrayVolume }) => arrayVolume !== ''),
    count: volumes.count,
    waiting: rows.filter(({ arrayVolume }) => arrayVolume === ''),
    waitingCount: claims.count,
  };
}
