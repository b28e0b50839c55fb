import type { Store } from './rancher/store.ts';

let known: Store | null = null;

/** The dashboard gives its store to products only; places of cards are asked for without it. */
export const knowStore = (store: Store): void => {
  known = store;
};

/** Whether the cluster that is open has our kinds, and the user may list them. */
export const showsArrays = (): boolean =>
  Boolean(known?.getters['currentCluster'] && known.getters['cluster/canList']('pure-pso.io.storagearray'));
