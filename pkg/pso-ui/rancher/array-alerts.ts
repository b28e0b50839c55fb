import { alertsBetween, type ArrayAlert, type SeenHealth, seenHealth } from '../modules/array-alerts.ts';
import { PRODUCT, routeName } from '../product-name.ts';
import { arrayObjects, followArrays } from './array-objects.ts';
import { canList, type Store, TYPE, useText } from './store.ts';

/** The dashboard's levels (shell/types/notifications). */
const LEVEL = { recovered: 3, trouble: 5 } as const;

interface WatchedStore extends Store {
  watch<T>(getter: () => T, listener: (value: T) => void, options?: { readonly immediate?: boolean }): unknown;
}

let isStarted = false;

/**
 * For as long as the dashboard is open, whatever page it shows: an array of the current cluster that can't be used, and
 * one that can again, becomes a notification. It costs one list and a watch a cluster.
 */
export function announceTrouble(store: WatchedStore): void {
  if (isStarted) return;
  isStarted = true;
  let seen: SeenHealth = new Map();
  let cluster = '';
  store.watch(
    () => `${clusterInSight(store)}\n${healthText(store)}`,
    () => {
      const id = clusterInSight(store);
      if (id !== cluster) {
        cluster = id;
        seen = new Map();
        if (id !== '') void followArrays(store).catch(() => undefined);
      }
      const arrays = id === '' ? [] : arrayObjects(store);
      for (const alert of alertsBetween(seen, arrays)) void notify(store, cluster, alert);
      seen = seenHealth(arrays);
    },
    { immediate: true },
  );
}

/** Id of the cluster whose arrays can be listed now; empty: none. */
function clusterInSight(store: Store): string {
  const id = store.getters['currentCluster']?.id ?? '';
  // between two clusters there are no schemas: asked this way that is no error
  const schema = store.getters['clusterReady']
    ? store.getters['cluster/schemaFor'](TYPE.storageArray, false, false)
    : null;
  return schema && canList(store, TYPE.storageArray) ? id : '';
}

const healthText = (store: Store): string =>
  (clusterInSight(store) === '' ? [] : arrayObjects(store))
    .map(({ metadata, status }) => `${metadata.name} ${status?.health ?? ''}`)
    .join('\n');

/** In the Notification Centre, which is there from Rancher 2.12 on; before that as a message that stays. */
async function notify(store: Store, cluster: string, { id, name, kind, sentence, since }: ArrayAlert): Promise<void> {
  const t = useText(store);
  const title = t(`pso.alerts.${kind}`, { array: name });
  const route = { name: routeName('arrays'), params: { cluster, product: PRODUCT } };
  const notification = {
    // one a trouble: a dashboard that is loaded again does not tell it again
    id: [PRODUCT, cluster, id, kind, since].join('-'),
    level: LEVEL[kind],
    title,
    message: sentence,
    primaryAction: { label: t('pso.alerts.open'), route },
  };
  try {
    const known = store.getters['notifications/item'];
    if (known?.(notification.id)) return;
    if (known) await store.dispatch('notifications/add', notification);
    else
      await store.dispatch(`growl/${kind === 'trouble' ? 'error' : 'success'}`, {
        title,
        message: sentence,
        timeout: 0,
      });
  } catch {
    // the page tells it, too
  }
}
