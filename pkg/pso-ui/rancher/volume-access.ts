import { DRIVER } from '../modules/driver-name.ts';
import { eventQuery, type VolumeView, volumeQuery, waitingQuery } from '../modules/volume-query.ts';
import { type Claim, type ClaimEvent, type PersistentVolume, type VolumeRow, volumeRows } from '../modules/volumes.ts';
import { listPage } from './paged.ts';
import { listAll, type Store, TYPE } from './store.ts';

/** Claims that wait are few, or somebody has more urgent questions than the rest of them. */
const MAX_WAITING = 20;

export interface VolumePage {
  readonly volumes: readonly PersistentVolume[];
  /** Of all pages. */
  readonly count: number;
}

/** One small request, whatever the cluster holds: somebody turns pages and waits. */
export async function listVolumes(store: Store, view: VolumeView): Promise<VolumePage> {
  const classes = await listAll(store, TYPE.storageClass);
  const { items, count } = await listPage(store, TYPE.volume, volumeQuery(view, classes));
  return { volumes: items, count };
}

/** What the driver said about the claims of these volumes: asked apart, as it takes longer than the page itself. */
export async function listEvents(store: Store, volumes: readonly PersistentVolume[]): Promise<readonly ClaimEvent[]> {
  const uids = volumes.flatMap(({ spec }) => spec.claimRef?.uid ?? []);
  return (await listPage(store, TYPE.event, eventQuery(uids))).items;
}

export interface WaitingClaims {
  readonly rows: readonly VolumeRow[];
  /** Of all, also those that are not shown. */
  readonly count: number;
}

/** Claims of our classes that have no volume yet, with the last thing the driver said about each. */
export async function listWaiting(store: Store): Promise<WaitingClaims> {
  const classes = await listAll(store, TYPE.storageClass);
  const { items, count } = await listPage(store, TYPE.claim, waitingQuery(classes, MAX_WAITING));
  const claims: readonly Claim[] = items;
  const events = await listPage(store, TYPE.event, eventQuery(claims.flatMap(({ metadata }) => metadata.uid ?? [])));
  const ours = new Set<string>(classes.filter(one => one.provisioner === DRIVER).map(one => one.metadata.name));
  return { rows: volumeRows([], claims, ours, events.items), count };
}
