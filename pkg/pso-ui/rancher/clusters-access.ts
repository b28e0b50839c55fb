import { answerOf, type ClusterRow, clusterRow } from '../modules/fleet-of-clusters.ts';
import { type Store, statusOf, TYPE } from './store.ts';

const CLUSTERS = 'management.cattle.io.cluster';
/** A cluster that is away must not keep the others waiting. */
const MAX_WAIT_MS = 8000;

/** All clusters that this user sees, each asked for its arrays through Rancher's proxy. */
export async function listClusters(store: Store): Promise<readonly ClusterRow[]> {
  const clusters = await store.dispatch('management/findAll', { type: CLUSTERS });
  const rows = await Promise.all(clusters.map((cluster: any) => askCluster(store, cluster)));
  return rows.sort((a, b) => a.name.localeCompare(b.name));
}

async function askCluster(store: Store, cluster: any): Promise<ClusterRow> {
  const name = cluster.spec?.displayName ?? cluster.id;
  if (!isReady(cluster)) return clusterRow(cluster.id, name, { state: 'not-ready' });
  const url = `/k8s/clusters/${cluster.id}/v1/${TYPE.storageArray}s`;
  const request = store.dispatch('management/request', { url, timeout: MAX_WAIT_MS, redirectUnauthorized: false });
  try {
    const { data } = await request;
    return clusterRow(cluster.id, name, { state: 'seen', arrays: data ?? [] });
  } catch (failure) {
    return clusterRow(cluster.id, name, { state: answerOf(statusOf(failure)) });
  }
}

const isReady = (cluster: any): boolean =>
  Boolean(cluster.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'));
