import type { Store } from '../rancher/store.ts';

/**
 * Whether Rancher filters and sorts lists as it is asked to. Before 2.12 (and where that is switched off) it takes the same
 * parameters, but knows no search and no quotes, and answers without what it should have found.
 */
export function filtersLists(store: Store): boolean {
  try {
    return Boolean(store.getters['features/get']('ui-sql-cache'));
  } catch {
    // a host that has no such switch any more
    return true;
  }
}
