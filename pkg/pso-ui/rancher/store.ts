import { useStore } from 'vuex';

export const TYPE = {
  app: 'catalog.cattle.io.app',
  repo: 'catalog.cattle.io.clusterrepo',
  operation: 'catalog.cattle.io.operation',
  secret: 'secret',
  deployment: 'apps.deployment',
  daemonSet: 'apps.daemonset',
  pod: 'pod',
  storageClass: 'storage.k8s.io.storageclass',
  volume: 'persistentvolume',
  claim: 'persistentvolumeclaim',
  event: 'event',
  node: 'node',
  storageArray: 'pure-pso.io.storagearray',
  storageNode: 'pure-pso.io.storagenode',
  volumeSnapshot: 'snapshot.storage.k8s.io.volumesnapshot',
  snapshotClass: 'snapshot.storage.k8s.io.volumesnapshotclass',
  attributesClass: 'storage.k8s.io.volumeattributesclass',
} as const;

/** The part of the dashboard's Vuex store that we use; its models are untyped there, too. */
export interface Store {
  readonly getters: Readonly<Record<string, any>>;
  dispatch(action: string, payload?: unknown): Promise<any>;
}

export const useDashboard = (): Store => useStore() as unknown as Store;

/** Translates; in templates `t` is global. */
export const useText =
  (store: Store) =>
  (key: string, args: object = {}): string =>
    store.getters['i18n/t'](key, args);

export const canList = (store: Store, type: string): boolean => Boolean(store.getters['cluster/canList'](type));

/** What the user may not list counts as nothing: pages say so by `canList`. */
export async function listAll(store: Store, type: string): Promise<any[]> {
  return canList(store, type) ? [...(await store.dispatch('cluster/findAll', { type }))] : [];
}

/** One object, null when it does not exist; other failures are thrown. */
export async function findOne(store: Store, type: string, id: string): Promise<any> {
  try {
    return await store.dispatch('cluster/find', { type, id, opt: { force: true } });
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

export const statusOf = (error: unknown): number | undefined =>
  (error as { _status?: number } | null)?._status ?? (error as { status?: number } | null)?.status;

/** The server's own words; Steve's errors are objects with a message. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : String(error);
}

/** Whether Steve lets this user create objects of a type. */
export const canCreate = (store: Store, type: string): boolean =>
  Boolean(store.getters['cluster/schemaFor'](type)?.collectionMethods?.some((verb: string) => /post/i.test(verb)));
