import type { StorageArray } from '../modules/storage-array.ts';
import type { StorageNode } from '../modules/nodes.ts';
import { canList, listAll, type Store, TYPE } from './store.ts';

/** Lists them and keeps the list current; without the kind or the right to it there is none. */
export async function followArrays(store: Store): Promise<readonly StorageArray[]> {
  await listAll(store, TYPE.storageArray);
  return arrayObjects(store);
}

/** As they are now; what is computed from them follows. */
export const arrayObjects = (store: Store): readonly StorageArray[] => followed(store, TYPE.storageArray);
export const nodeObjects = (store: Store): readonly StorageNode[] => followed(store, TYPE.storageNode);

const followed = (store: Store, type: string): readonly any[] =>
  canList(store, type) && store.getters['cluster/haveAll'](type) ? store.getters['cluster/all'](type) : [];
