import type { AttributesClass } from '../modules/claim-actions.ts';
import { DRIVER } from '../modules/driver-name.ts';
import { canList, listAll, type Store, TYPE } from './store.ts';

const DEFAULT_SNAPSHOT_CLASS = 'snapshot.storage.kubernetes.io/is-default-class';

/** Names of ours, the default one first. Null: the cluster knows no such kind, or shows it to nobody like this user. */
export async function ourSnapshotClasses(store: Store): Promise<readonly string[] | null> {
  if (!canList(store, TYPE.snapshotClass)) return null;
  const classes = (await listAll(store, TYPE.snapshotClass)).filter(({ driver }) => driver === DRIVER);
  const isDefault = (one: any): boolean => one.metadata.annotations?.[DEFAULT_SNAPSHOT_CLASS] === 'true';
  return [...classes.filter(isDefault), ...classes.filter(one => !isDefault(one))].map(one => one.metadata.name);
}

export async function ourAttributesClasses(store: Store): Promise<readonly AttributesClass[] | null> {
  if (!canList(store, TYPE.attributesClass)) return null;
  const classes = await listAll(store, TYPE.attributesClass);
  return classes
    .filter(({ driverName }) => driverName === DRIVER)
    .map(({ metadata, parameters }) => ({ name: metadata.name, parameters: parameters ?? {} }));
}
