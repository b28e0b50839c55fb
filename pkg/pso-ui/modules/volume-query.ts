import { DRIVER } from './driver-name.ts';
import { type PageQuery, searchFilter } from './paging.ts';

/** Columns of a PersistentVolume that the server can sort and filter by (the table that kubectl prints). */
const FIELD = { name: 'metadata.name', phase: 'metadata.fields[4]', claim: 'metadata.fields[5]', storageClass: 'metadata.fields[6]' } as const; // prettier-ignore

export type VolumeColumn = keyof typeof FIELD;

export interface VolumeView {
  readonly page: number;
  readonly size: number;
  readonly search: string;
  readonly sortBy: VolumeColumn;
  readonly descending: boolean;
}

/** Another search begins at its first page: the one somebody was on may not exist in what is found. */
export const turnedTo = (before: VolumeView, next: VolumeView): VolumeView =>
  next.search === before.search ? next : { ...next, page: 1 };

interface ClassLike {
  readonly provisioner?: string;
  readonly metadata: { readonly name: string };
}

/**
 * The server knows no filter by CSI driver: volumes of classes that belong to others are left out, so nothing of ours is
 * hidden whose class is gone.
 */
export function volumeQuery(view: VolumeView, classes: readonly ClassLike[]): PageQuery {
  const foreign = classes.filter(({ provisioner }) => provisioner !== DRIVER).map(({ metadata }) => metadata.name);
  const search = searchFilter(view.search, [FIELD.name, FIELD.claim, FIELD.storageClass]);
  return {
    page: view.page,
    size: view.size,
    sort: `${view.descending ? '-' : ''}${FIELD[view.sortBy]}`,
    filters: [...foreign.map(name => `${FIELD.storageClass}!="${name}"`), ...(search === null ? [] : [search])],
  };
}

/** Claims of our classes that still wait. */
export function waitingQuery(classes: readonly ClassLike[], size: number): PageQuery | null {
  const ours = classes.filter(({ provisioner }) => provisioner === DRIVER).map(({ metadata }) => metadata.name);
  if (ours.length === 0) return null;
  return {
    page: 1,
    size,
    sort: '-metadata.creationTimestamp',
    filters: ['metadata.fields[1]=Pending', ours.map(name => `metadata.fields[5]="${name}"`).join(',')],
  };
}

/** What the driver said about these claims. */
export function eventQuery(claimUids: readonly string[]): PageQuery | null {
  if (claimUids.length === 0) return null;
  return {
    page: 1,
    size: 4 * claimUids.length,
    sort: '-metadata.creationTimestamp',
    filters: [
      'reason=VolumePlaced,reason=PlacementRefused',
      claimUids.map(uid => `involvedObject.uid="${uid}"`).join(','),
    ],
  };
}

/** The latest refusals, whatever claim they are about. */
export const refusalQuery = (size: number): PageQuery => ({
  page: 1,
  size,
  sort: '-metadata.creationTimestamp',
  filters: ['reason=PlacementRefused'],
});
