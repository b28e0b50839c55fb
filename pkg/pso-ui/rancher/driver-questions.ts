import { messageOf, statusOf, type Store } from './store.ts';

/** Fixed names of the chart, so that rights can name them. */
const SERVICE = 'http:pure-pso-preview:9897';
const MAX_WAIT_MS = 15_000;

/**
 * `refused`: the driver understood and says what is wrong with the question. The others are found by asking: `no-right`,
 * `too-old` (the release has no such service), `unreachable` (no controller answers, or nothing lets us through).
 */
export interface NoAnswer {
  readonly state: 'refused' | 'no-right' | 'too-old' | 'unreachable';
  readonly reason: string;
}

/** Asks a controller through the API server's proxy: by GET, or by POST where there is a question. Changes nothing there. */
export function askDriver(store: Store, namespace: string, path: string, question?: object): Promise<any> {
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const url = `/k8s/clusters/${cluster}/api/v1/namespaces/${namespace}/services/${SERVICE}/proxy/v1/${path}`;
  const how = question === undefined ? { method: 'get' } : { method: 'post', data: question };
  return store.dispatch('cluster/request', { url, ...how, timeout: MAX_WAIT_MS, redirectUnauthorized: false });
}

/** Why there was no answer. */
export function noAnswer(failure: unknown): NoAnswer {
  const status = statusOf(failure);
  const { error } = (failure ?? {}) as { error?: unknown };
  if (status === 400 && typeof error === 'string') return { state: 'refused', reason: error };
  const reason = messageOf(failure);
  if (status === 401 || status === 403) return { state: 'no-right', reason };
  return { state: status === 404 || status === 405 ? 'too-old' : 'unreachable', reason };
}
