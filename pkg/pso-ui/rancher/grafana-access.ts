import { type Board, boardsIn, searchAddress } from '../modules/grafana.ts';
import type { Store } from './store.ts';

const MAX_WAIT_MS = 10_000;

/** Our dashboards in Rancher's Grafana; none without it, without the right to ask it, or when it does not have them. */
export async function findBoards(store: Store): Promise<readonly Board[]> {
  const url = searchAddress(store.getters['currentCluster']?.id ?? 'local');
  try {
    const answer = await store.dispatch('cluster/request', { url, timeout: MAX_WAIT_MS, redirectUnauthorized: false });
    return boardsIn(Array.isArray(answer) ? answer : answer?.data);
  } catch {
    // not there, or not for this user: there is nothing to show
    return [];
  }
}
