import type { Surroundings } from '../modules/first-steps.ts';
import { nodeRows } from '../modules/nodes.ts';
import { nodeObjects } from './array-objects.ts';
import { type DriverView, viewDriver } from './driver-access.ts';
import { canWriteSecrets } from './fleet-access.ts';
import { FleetSession } from './fleet-session.ts';
import { canList, listAll, type Store, TYPE } from './store.ts';

/** What the first steps begin with. */
export interface Start {
  readonly view: DriverView;
  readonly surroundings: Surroundings;
  /** Null: there is no release, or its arrays can't be read. */
  readonly session: FleetSession | null;
  /** Of every provisioner: names are taken by anybody's. */
  readonly classNames: readonly string[];
}

const MONITORING = 'monitoring.coreos.com.podmonitor';
const SNAPSHOTS = 'snapshot.storage.k8s.io.volumesnapshot';

export async function openStart(store: Store): Promise<Start> {
  const [view, nodes, classes] = await Promise.all([
    viewDriver(store),
    listAll(store, TYPE.node),
    listAll(store, TYPE.storageClass),
    listAll(store, TYPE.storageNode),
  ]);
  const { release } = view;
  const session = release
    ? await FleetSession.open(store, release.namespace, release.userValues).catch(() => null)
    : null;
  const names = nodes.map((node): string => node.metadata.name);
  const surroundings: Surroundings = {
    driver: view.state,
    mayWrite: release?.readOnly === null && session !== null && canWriteSecrets(store),
    hasMonitoring: hasKind(store, MONITORING),
    hasSnapshots: hasKind(store, SNAPSHOTS),
    nodes: canList(store, TYPE.storageNode) ? nodeRows(names, nodeObjects(store), [], Date.now()) : null,
  };
  return { view, surroundings, session, classNames: classes.map((one): string => one.metadata.name) };
}

const hasKind = (store: Store, type: string): boolean => Boolean(store.getters['cluster/schemaFor'](type));
