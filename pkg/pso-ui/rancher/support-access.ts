import { at, isList, type Json, type JsonObject } from '../forms/json.ts';
import { concealSecrets, secretPaths } from '../forms/secrets.ts';
import { arrayRows } from '../modules/arrays.ts';
import { DRIVER } from '../modules/driver-name.ts';
import {
  type BundlePart,
  type Collected,
  cutShort,
  type LogPlace,
  logPlaces,
  type Missing,
  type PodLike,
  podSummary,
  slim,
} from '../modules/support-bundle.ts';
import type { DriverView } from './driver-access.ts';
import { model } from './model.ts';
import { listPage } from './paged.ts';
import type { OpenRelease } from './release-access.ts';
import { canList, messageOf, statusOf, type Store, TYPE } from './store.ts';

const MAX_OBJECTS = 1000;
const MAX_EVENTS = 500;
const MAX_PODS_WITH_LOGS = 20;
const LOG_LINES = 2000;
const LOGS_AT_ONCE = 4;
const LOG_LIMIT_MS = 20_000;

interface Kind {
  readonly file: string;
  readonly type: string;
  readonly what: string;
  readonly isOurs: (object: any) => boolean;
}
const KINDS: readonly Kind[] = [
  { file: 'storage-arrays.json', type: TYPE.storageArray, what: 'storagearrays.pure-pso.io', isOurs: () => true },
  { file: 'storage-nodes.json', type: TYPE.storageNode, what: 'storagenodes.pure-pso.io', isOurs: () => true },
  {
    file: 'storage-classes.json',
    type: TYPE.storageClass,
    what: 'storageclasses.storage.k8s.io',
    isOurs: object => object.provisioner === DRIVER,
  },
  {
    file: 'snapshot-classes.json',
    type: TYPE.snapshotClass,
    what: 'volumesnapshotclasses.snapshot.storage.k8s.io',
    isOurs: object => object.driver === DRIVER,
  },
  {
    file: 'attributes-classes.json',
    type: TYPE.attributesClass,
    what: 'volumeattributesclasses.storage.k8s.io',
    isOurs: object => object.driverName === DRIVER,
  },
];

/** All that helps somebody from afar, read with the user's own rights; the Secret with the arrays is not read. Never throws. */
export async function collectSupport(store: Store, { state, release }: DriverView): Promise<Collected> {
  const parts: BundlePart[] = [{ file: 'versions.json', content: { state, ...versionsOf(store, release) } }];
  const missing: Missing[] = [];
  const attempt = async (what: string, read: () => Promise<readonly BundlePart[]>): Promise<void> => {
    try {
      parts.push(...(await read()));
    } catch (failure) {
      missing.push({ what, reason: reasonOf(failure) });
    }
  };
  for (const kind of KINDS) {
    if (canList(store, kind.type)) await attempt(kind.what, () => readKind(store, kind, missing));
    else missing.push(notListed(kind.what));
  }
  if (release) {
    const events = () => readEvents(store, release.namespace, missing);
    if (canList(store, TYPE.event)) await attempt('events', events);
    else missing.push(notListed('events'));
    await attempt('pods', () => readPods(store, release, missing));
  } else missing.push({ what: 'values, pods and logs', reason: 'No release of the chart pure-pso was found.' });
  if (release?.readOnly === 'no-values') {
    missing.push({ what: 'values.json', reason: `It takes get on secrets in namespace ${release.namespace}.` });
  } else if (release) {
    parts.push({ file: 'values.json', content: concealSecrets(model, release.userValues) });
  }
  return { parts, missing, secrets: secretsOf(release) };
}

const notListed = (what: string): Missing => ({
  what,
  reason: `Not there, or it takes list on ${what}.`,
});

const secretsOf = (release: OpenRelease | null): readonly string[] => {
  const values = release?.userValues ?? {};
  return secretPaths(model, values).flatMap(path => textsIn(valueAt(values, path)));
};

/** Like `at`, where indices of lists are keys, too. */
const valueAt = (values: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => (isList(inner) ? inner[Number(key)] : at(inner, [key])), values);

const textsIn = (value: Json | undefined): readonly string[] => {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [String(value)];
};

const versionsOf = (store: Store, release: OpenRelease | null): JsonObject => ({
  chart: release?.app.spec.chart.metadata.version ?? '',
  release: release?.app.spec.name ?? '',
  namespace: release?.namespace ?? '',
  revision: release?.app.spec.version ?? 0,
  status: release?.app.spec.info?.status ?? '',
  description: release?.app.spec.info?.description ?? '',
  managedBy: release?.readOnly ?? '',
  kubernetes: store.getters['currentCluster']?.kubernetesVersion ?? '',
  rancher: store.getters['management/byId']?.('management.cattle.io.setting', 'server-version')?.value ?? '',
  cluster: store.getters['currentCluster']?.id ?? '',
});

async function readKind(
  store: Store,
  { file, type, what, isOurs }: Kind,
  missing: Missing[],
): Promise<readonly BundlePart[]> {
  const page = await listPage(store, type, { page: 1, size: MAX_OBJECTS });
  missing.push(...cutShort(what, page));
  const objects = page.items.filter(isOurs);
  const part = { file, content: objects.map(object => slim(object)) };
  if (type !== TYPE.storageArray) return [part];
  const arrays = JSON.parse(JSON.stringify(arrayRows(null, objects))) as Json;
  return [part, { file: 'arrays.json', content: arrays }];
}

/** What the driver said about claims, and all that was said in its namespace. */
async function readEvents(store: Store, namespace: string, missing: Missing[]): Promise<readonly BundlePart[]> {
  const query = { page: 1, size: MAX_EVENTS, sort: '-metadata.creationTimestamp' };
  const [claims, own] = await Promise.all([
    listPage(store, TYPE.event, { ...query, filters: ['reason=VolumePlaced,reason=PlacementRefused'] }),
    listPage(store, TYPE.event, { ...query, namespace }),
  ]);
  missing.push(...cutShort('events of claims', claims), ...cutShort(`events in namespace ${namespace}`, own));
  return [
    { file: 'events-of-claims.json', content: claims.items.map(slim) },
    { file: 'events-of-the-driver.json', content: own.items.map(slim) },
  ];
}

async function readPods(store: Store, release: OpenRelease, missing: Missing[]): Promise<readonly BundlePart[]> {
  if (!canList(store, TYPE.pod)) {
    missing.push(notListed('pods'));
    return [];
  }
  const { namespace } = release;
  const filters = [`metadata.labels[app.kubernetes.io/instance]=${release.app.spec.name}`];
  const page = await listPage(store, TYPE.pod, { page: 1, size: MAX_OBJECTS, filters, namespace });
  missing.push(...cutShort('pods', page));
  const pods: readonly PodLike[] = page.items;
  const places = logPlaces(pods, MAX_PODS_WITH_LOGS);
  const asked = new Set(places.map(({ pod }) => pod));
  const unasked = pods.filter(({ metadata }) => !asked.has(metadata.name)).length;
  if (unasked > 0) missing.push({ what: `logs of ${unasked} pods`, reason: `At most ${MAX_PODS_WITH_LOGS} are read.` });
  const logs: BundlePart[] = [];
  for (let first = 0; first < places.length; first += LOGS_AT_ONCE) {
    const some = places.slice(first, first + LOGS_AT_ONCE);
    logs.push(...(await Promise.all(some.map(place => readLog(store, namespace, place, missing)))).flat());
  }
  return [{ file: 'pods.json', content: pods.map(podSummary) }, ...logs];
}

async function readLog(
  store: Store,
  namespace: string,
  { pod, container, previous }: LogPlace,
  missing: Missing[],
): Promise<readonly BundlePart[]> {
  const file = `logs/${pod}/${container}${previous ? '-before-its-restart' : ''}.log`;
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const query = `container=${container}&tailLines=${LOG_LINES}&timestamps=true&previous=${previous}`;
  const url = `/k8s/clusters/${cluster}/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
  try {
    // As text: a log of one line that happens to be JSON is still a log.
    const how = { url, timeout: LOG_LIMIT_MS, redirectUnauthorized: false, responseType: 'text' };
    const { data } = await store.dispatch('cluster/request', how);
    return [{ file, content: typeof data === 'string' ? data : '' }];
  } catch (failure) {
    const isForbidden = statusOf(failure) === 403;
    missing.push({
      what: file,
      reason: isForbidden ? `It takes get on pods/log in namespace ${namespace}.` : reasonOf(failure),
    });
    return [];
  }
}

const reasonOf = (failure: unknown): string => messageOf(failure).replace(/\s+/g, ' ').slice(0, 300);
