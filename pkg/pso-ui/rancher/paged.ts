import { pageOf } from '../modules/page-of.ts';
import { listAddress, type Page, pageAddress, type PageQuery } from '../modules/paging.ts';
import { filtersLists } from '../older-hosts/server.ts';
import { canList, type Store } from './store.ts';

/**
 * Asks for one page and keeps nothing: no list of a whole cluster (but of a host that can't make pages), no watch. What the
 * user may not list is empty.
 */
export async function listPage(store: Store, type: string, query: PageQuery | null): Promise<Page<any>> {
  if (query === null || !canList(store, type)) return { items: [], count: 0 };
  const collection = store.getters['cluster/schemaFor'](type).links.collection;
  const hasPages = filtersLists(store);
  const url = hasPages ? pageAddress(collection, query) : listAddress(collection, query);
  const { data, count } = await store.dispatch('cluster/request', { url });
  const items = [...(data ?? [])];
  return hasPages ? { items, count: count ?? items.length } : pageOf(items, query);
}
