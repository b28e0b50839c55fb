import type { Store } from './store.ts';

/** Name of our tab on Rancher's own pages, which is part of their address. */
const TAB = 'pso-placement';

/** Rancher's page of a claim, with our tab open. */
export const claimPage = (store: Store, namespace: string, name: string): object => ({
  name: 'c-cluster-product-resource-namespace-id',
  params: {
    cluster: store.getters['currentCluster']?.id ?? 'local',
    product: 'explorer',
    resource: 'persistentvolumeclaim',
    namespace,
    id: name,
  },
  hash: `#${TAB}`,
});
