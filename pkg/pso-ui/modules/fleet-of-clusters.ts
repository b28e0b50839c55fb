import { type ArrayRow, arrayRows, fleetFigures, type FleetFigures } from './arrays.ts';
import type { StorageArray } from './storage-array.ts';

/** What was learned of one cluster; `silent`: it or the API in it did not answer. */
export type ClusterAnswer =
  | { readonly state: 'seen'; readonly arrays: readonly StorageArray[] }
  | { readonly state: 'no-driver' | 'no-right' | 'silent' | 'not-ready' };

export interface ClusterRow {
  readonly id: string;
  readonly name: string;
  readonly state: ClusterAnswer['state'];
  readonly arrays: readonly ArrayRow[];
  readonly figures: FleetFigures;
}

export const clusterRow = (id: string, name: string, answer: ClusterAnswer): ClusterRow => {
  const arrays = answer.state === 'seen' ? arrayRows(null, answer.arrays) : [];
  return { id, name, state: answer.state, arrays, figures: fleetFigures(arrays) };
};

/** Status of the request for a cluster's StorageArrays; undefined: there was no answer. */
export function answerOf(status: number | undefined): Exclude<ClusterAnswer['state'], 'seen' | 'not-ready'> {
  if (status === 404) return 'no-driver';
  return status === 401 || status === 403 ? 'no-right' : 'silent';
}

/** One array that several clusters use is one array: its figures count once. */
export interface SharedArray {
  readonly id: string;
  readonly array: ArrayRow;
  /** Names of the clusters that use it. */
  readonly clusters: readonly string[];
}

export function sharedArrays(rows: readonly ClusterRow[]): readonly SharedArray[] {
  const shared = new Map<string, SharedArray>();
  for (const { name, arrays } of rows) {
    for (const array of arrays) {
      // without an identity of its own two endpoints of that name are the same array
      const id = array.arrayId === '' ? array.endpoint : array.arrayId;
      const known = shared.get(id);
      const best = known && (known.array.isUp ?? false) ? known.array : array;
      shared.set(id, { id, array: best, clusters: [...(known?.clusters ?? []), name] });
    }
  }
  return [...shared.values()].sort((a, b) => a.array.name.localeCompare(b.array.name));
}
