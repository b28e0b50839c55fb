import { type ArrayDraft, openFleet } from '../modules/fleet-file.ts';
import { type ArrayRow, arrayRows } from '../modules/arrays.ts';
import { fleetInValues, fleetPlace } from '../modules/credentials.ts';
import { type DriverState, driverState } from '../modules/driver-state.ts';
import { isReporting } from '../modules/storage-array.ts';
import { arrayObjects, followArrays } from './array-objects.ts';
import { readFleetFile } from './fleet-access.ts';
import { fleetLists } from './model.ts';
import { listPage } from './paged.ts';
import { type OpenRelease, openRelease } from './release-access.ts';
import { canList, type Store, TYPE } from './store.ts';

const MAX_CONTROLLERS = 50;

/** What a page needs to know before it draws anything. */
export interface DriverView {
  readonly state: DriverState;
  readonly release: OpenRelease | null;
  /** Null: this user may not list pods. */
  readonly readyControllers: number | null;
}

/** Asks the release, the controller's pods and the driver's own objects. Rights that are missing give less, not an error. */
export async function viewDriver(store: Store): Promise<DriverView> {
  const [release, arrays] = await Promise.all([openRelease(store), followArrays(store)]);
  if (!release) return { state: 'absent', release, readyControllers: 0 };
  const readyControllers = await countControllers(store, release.namespace);
  const seen = {
    app: release.app,
    readyControllers,
    showsArrays: canList(store, TYPE.storageArray),
    isReporting: isReporting(arrays, Date.now()),
  };
  return { state: driverState(seen), release, readyControllers };
}

async function countControllers(store: Store, namespace: string): Promise<number | null> {
  if (!canList(store, TYPE.pod)) return null;
  const filters = ['metadata.labels[app.kubernetes.io/component]=controller'];
  const { items } = await listPage(store, TYPE.pod, { page: 1, size: MAX_CONTROLLERS, filters, namespace });
  return items.filter(isReady).length;
}

const isReady = (pod: any): boolean =>
  Boolean(pod.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'));

/** The configured arrays; their tokens are left behind here. Fails when the Secret can't be read. */
export async function readDrafts(store: Store, { release }: DriverView): Promise<readonly ArrayDraft[]> {
  if (!release) return [];
  const place = fleetPlace(release.userValues);
  const file =
    place.kind === 'secret'
      ? (await readFleetFile(store, release.namespace, place.name)).file
      : fleetInValues(release.userValues, fleetLists);
  return openFleet(file, fleetLists).drafts;
}

/** The arrays as they are now; who may not read the Secret sees what the driver shows of them. */
export async function listArrays(store: Store, view: DriverView): Promise<readonly ArrayRow[]> {
  const [drafts] = await Promise.all([readDrafts(store, view).catch(() => null), followArrays(store)]);
  return arrayRows(drafts, arrayObjects(store));
}
