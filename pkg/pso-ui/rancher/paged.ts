import { type Page, pageAddress, type PageQuery } from '../modules/paging.ts';
import { canList, type Store } from './store.ts';

/** Asks for one page and keeps nothing: no list of a whole cluster, no watch. What the user may not list is empty. */
export async function listPage(store: Store, type: string, query: PageQuery | null): Promise<Page<any>> {
  if (query === null || !canList(store, type)) return { items: [], count: 0 };
  const collection = store.getters['cluster/schemaFor'](type).links.collection;
  const answer = await store.dispatch('cluster/request', { url: pageAddress(collection, query) });
  const items = [...(answer.data ?? [])];
  return { items, count: answer.count ?? items.length };
}
