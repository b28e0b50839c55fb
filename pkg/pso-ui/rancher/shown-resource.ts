import { useRoute } from 'vue-router';
import type { Store } from './store.ts';

/**
 * What the page shows that a tab of ours is on. Rancher hands it over to tabs, but not on pages of persistent volumes, and
 * the first 2.11 on no page at all.
 */
export function useShownResource(store: Store, given: any): () => Promise<any> {
  const { resource: type, namespace, id } = useRoute().params as Readonly<Record<string, string>>;
  const name = namespace ? `${namespace}/${id}` : id;
  return async () => (given?.type ? given : store.dispatch('cluster/find', { type, id: name }));
}
