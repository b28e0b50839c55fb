import { openFleet } from '../modules/fleet-file.ts';
import { type ArrayRow, arrayRows } from '../modules/arrays.ts';
import { fleetInValues, fleetPlace } from '../modules/credentials.ts';
import { type DriverState, driverState } from '../modules/driver-state.ts';
import { type MetricSample, parseMetrics } from '../modules/metrics-text.ts';
import { readFleetFile } from './fleet-access.ts';
import { fleetLists } from './model.ts';
import { type OpenRelease, openRelease } from './release-access.ts';
import { listAll, type Store, TYPE } from './store.ts';

const METRICS_PORT = 9898;
const COMPONENT = 'app.kubernetes.io/component';

/** What a page needs to know before it draws anything. */
export interface DriverView {
  readonly state: DriverState;
  readonly release: OpenRelease | null;
  readonly readyControllers: number;
  readonly samples: readonly MetricSample[];
}

/** Asks the release, the controller's pods, and those pods for their figures. Rights that are missing give less, not an error. */
export async function viewDriver(store: Store): Promise<DriverView> {
  const release = await openRelease(store);
  if (!release) return { state: 'absent', release, readyControllers: 0, samples: [] };
  const pods = (await listAll(store, TYPE.pod)).filter(pod => isReadyController(pod, release.namespace));
  const answers = await Promise.all(pods.map(pod => readMetrics(store, release.namespace, pod.metadata.name)));
  const samples = answers.flatMap(answer => answer ?? []);
  const answered = answers.some(answer => answer !== null);
  const state = driverState({ app: release.app, readyControllers: pods.length, answers: answered });
  return { state, release, readyControllers: pods.length, samples };
}

const isReadyController = (pod: any, namespace: string): boolean =>
  pod.metadata?.namespace === namespace &&
  pod.metadata?.labels?.[COMPONENT] === 'controller' &&
  Boolean(pod.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'));

/** Null: it did not answer, or this user may not ask (`pods/proxy`). */
async function readMetrics(store: Store, namespace: string, pod: string): Promise<readonly MetricSample[] | null> {
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const path = `api/v1/namespaces/${namespace}/pods/http:${pod}:${METRICS_PORT}/proxy/metrics`;
  try {
    const url = `/k8s/clusters/${cluster}/${path}`;
    const answer = await store.dispatch('cluster/request', { url, redirectUnauthorized: false });
    return parseMetrics(String(answer.data ?? ''), name => name.startsWith('pso_'));
  } catch {
    return null;
  }
}

/** The configured arrays with what the driver says about them; tokens are left behind here. */
export async function listArrays(store: Store, { release, samples }: DriverView): Promise<readonly ArrayRow[]> {
  if (!release) return [];
  const place = fleetPlace(release.userValues);
  const file =
    place.kind === 'secret'
      ? (await readFleetFile(store, release.namespace, place.name)).file
      : fleetInValues(release.userValues, fleetLists);
  return arrayRows(openFleet(file, fleetLists).drafts, samples);
}
