import type { Store } from './store.ts';

/** Fixed names of the chart, so that rights can name them. */
const SERVICE = 'http:pure-pso-preview:9897';
const MAX_WAIT_MS = 30_000;

/** Asks a controller through the API server's proxy: by GET, or by POST where there is a question. Changes nothing there. */
export function askDriver(store: Store, namespace: string, path: string, question?: object): Promise<any> {
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const url = `/k8s/clusters/${cluster}/api/v1/namespaces/${namespace}/services/${SERVICE}/proxy/v1/${path}`;
  const how = question === undefined ? { method: 'get' } : { method: 'post', data: question };
  return store.dispatch('cluster/request', { url, ...how, timeout: MAX_WAIT_MS, redirectUnauthorized: false });
}
