import { allPages } from '../modules/all-pages.ts';
import { type ActionClaim, type ClaimPatch, isAsSeen, type VolumeSnapshot } from '../modules/claim-actions.ts';
import { type ClaimEvent } from '../modules/volumes.ts';
import { listPage } from './paged.ts';
import { canCreate, type Store, TYPE } from './store.ts';

const MERGE = 'application/merge-patch+json';
const SNAPSHOTS_AT_ONCE = 500;
const MAX_PAGES = 10;

/** Somebody changed the claim since it was shown; nothing was written. */
export class ClaimConflict extends Error {}

const apiOf = (store: Store): string => `/k8s/clusters/${store.getters['currentCluster']?.id ?? 'local'}`;
const claimUrl = (store: Store, { namespace, name }: ActionClaim['metadata']): string =>
  `${apiOf(store)}/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`;
const snapshotsUrl = (store: Store, namespace: string): string =>
  `${apiOf(store)}/apis/snapshot.storage.k8s.io/v1/namespaces/${namespace}/volumesnapshots`;

/** As the API server has it now: the dashboard's own copy may be behind. */
export const readClaim = (store: Store, { metadata }: ActionClaim): Promise<ActionClaim> =>
  store.dispatch('cluster/request', { url: claimUrl(store, metadata), redirectUnauthorized: false });

/** Writes what the patch names and nothing else, and only onto what was seen. */
export async function changeClaim(store: Store, seen: ActionClaim, patch: ClaimPatch): Promise<ActionClaim> {
  const now = await readClaim(store, seen);
  if (!isAsSeen(seen, now)) throw new ClaimConflict('The claim was changed meanwhile.');
  return store.dispatch('cluster/request', {
    url: claimUrl(store, now.metadata),
    method: 'patch',
    headers: { 'content-type': MERGE },
    data: { metadata: { resourceVersion: now.metadata.resourceVersion }, ...patch },
    redirectUnauthorized: false,
  });
}

export const mayUpdate = (claim: any): boolean => Boolean(claim?.links?.update);
export const mayCreateSnapshots = (store: Store): boolean => canCreate(store, TYPE.volumeSnapshot);

/** Of the whole namespace: the API server knows no list by claim, and the newest may be the last of them. */
export const listSnapshots = (store: Store, namespace: string): Promise<readonly VolumeSnapshot[]> =>
  allPages(token => {
    const next = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const url = `${snapshotsUrl(store, namespace)}?limit=${SNAPSHOTS_AT_ONCE}${next}`;
    return store.dispatch('cluster/request', { url, redirectUnauthorized: false });
  }, MAX_PAGES);

export const createSnapshot = (store: Store, namespace: string, snapshot: object): Promise<VolumeSnapshot> =>
  store.dispatch('cluster/request', {
    url: snapshotsUrl(store, namespace),
    method: 'post',
    data: snapshot,
    redirectUnauthorized: false,
  });

/** The last that Kubernetes and the driver warned of about the claim since then; empty: nothing. */
export async function warningSince(store: Store, claim: ActionClaim, sinceMs: number): Promise<string> {
  const { uid } = claim.metadata;
  if (uid === undefined) return '';
  const filters = [`involvedObject.uid="${uid}"`];
  const { items } = await listPage(store, TYPE.event, {
    page: 1,
    size: 50,
    sort: '-metadata.creationTimestamp',
    filters,
  });
  const warnings = (items as readonly (ClaimEvent & { readonly _type?: string })[])
    .filter(({ _type, lastTimestamp }) => _type === 'Warning' && Date.parse(lastTimestamp ?? '') >= sinceMs - 1000)
    .sort((a, b) => (b.lastTimestamp ?? '').localeCompare(a.lastTimestamp ?? ''));
  return warnings[0]?.message ?? '';
}
