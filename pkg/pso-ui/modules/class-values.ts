import { at, isList, isObject, type Json, type JsonObject, textOf, withoutValue, withValue } from '../forms/json.ts';
import { type ClassDraft, fromStorageClass, parametersOf } from './storage-class.ts';

const CLASSES = ['storageClasses'];
const DEFAULT = ['storageclass', 'default'];
/** Keys of an entry that the designer writes; others are kept as they are. */
const OWN = ['name', 'backend', 'fsType', 'parameters', 'mountOptions', 'reclaimPolicy', 'volumeBindingMode', 'allowVolumeExpansion']; // prettier-ignore
const FS_TYPE = 'csi.storage.k8s.io/fstype';

const entries = (values: JsonObject, path: readonly string[]): readonly JsonObject[] => {
  const list = at(values, path);
  return isList(list) ? list.filter(isObject) : [];
};

/** The entry of the chart's `storageClasses`, without what the chart does by itself. */
function toEntry(draft: ClassDraft): JsonObject {
  const { backend, [FS_TYPE]: fsType, ...parameters } = parametersOf(draft);
  return {
    name: draft.name,
    backend: backend ?? 'block',
    ...(fsType === undefined ? {} : { fsType }),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(draft.mountOptions.length > 0 ? { mountOptions: draft.mountOptions } : {}),
    ...(draft.reclaimPolicy === 'Delete' ? {} : { reclaimPolicy: draft.reclaimPolicy }),
    ...(draft.bindingMode === 'Immediate' ? {} : { volumeBindingMode: draft.bindingMode }),
    ...(draft.allowVolumeExpansion ? {} : { allowVolumeExpansion: false }),
  };
}

const listOf = (options: Json | undefined): readonly string[] =>
  isList(options) ? options.map(textOf) : textOf(options ?? '').split(/[\s,]+/).filter(option => option !== ''); // prettier-ignore

/** What the chart makes of an entry, as a form. */
function fromEntry(entry: JsonObject, defaultName: string): ClassDraft {
  const given = isObject(entry.parameters) ? entry.parameters : {};
  const parameters = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, textOf(value)]));
  const { fsType } = entry;
  const draft = fromStorageClass({
    metadata: { name: textOf(entry.name) },
    parameters: {
      ...parameters,
      backend: textOf(entry.backend ?? parameters.backend ?? 'block'),
      ...(typeof fsType === 'string' && fsType !== '' ? { [FS_TYPE]: fsType } : {}),
    },
    reclaimPolicy: entry.reclaimPolicy ?? 'Delete',
    volumeBindingMode: entry.volumeBindingMode ?? 'Immediate',
    allowVolumeExpansion: entry.allowVolumeExpansion ?? true,
  });
  return { ...draft, mountOptions: listOf(entry.mountOptions), isDefault: draft.name === defaultName };
}

/** Classes that the values make beside the chart's own. */
export function classesInValues(values: JsonObject): readonly ClassDraft[] {
  const defaultName = textOf(at(values, DEFAULT) ?? '');
  return entries(values, CLASSES).map(entry => fromEntry(entry, defaultName));
}

/** The values with that class the default one, or no more. */
export function withDefault(values: JsonObject, name: string, isDefault: boolean): JsonObject {
  const isNow = at(values, DEFAULT) === name;
  if (isNow === isDefault) return values;
  return isDefault ? withValue(values, DEFAULT, name) : withoutValue(values, DEFAULT);
}

/** Adds the class, or changes the one of its name; keys of an entry that no form shows are kept. */
export function withClass(values: JsonObject, draft: ClassDraft): JsonObject {
  const entry = toEntry(draft);
  const next = replaced(values, CLASSES, entry, OWN);
  return withDefault(next, draft.name, draft.isDefault);
}

function replaced(values: JsonObject, path: readonly string[], entry: JsonObject, own: readonly string[]): JsonObject {
  const list = at(values, path);
  const known = isList(list) ? list : [];
  const isSame = (item: Json): item is JsonObject => isObject(item) && item.name === entry.name;
  if (!known.some(isSame)) return withValue(values, path, [...known, entry]);
  const merge = (item: JsonObject): JsonObject => ({
    ...entry,
    ...Object.fromEntries(Object.entries(item).filter(([key]) => !own.includes(key))),
  });
  return withValue(values, path, known.map(item => (isSame(item) ? merge(item) : item))); // prettier-ignore
}

function removed(values: JsonObject, path: readonly string[], name: string): JsonObject {
  const list = at(values, path);
  if (!isList(list)) return values;
  const rest = list.filter(item => !isObject(item) || item.name !== name);
  if (rest.length === list.length) return values;
  return rest.length > 0 ? withValue(values, path, rest) : withoutValue(values, path);
}

/** Without the class, which Helm then removes from the cluster; volumes of it stay. */
export const withoutClass = (values: JsonObject, name: string): JsonObject =>
  removed(withDefault(values, name, false), CLASSES, name);

/** Snapshot classes and classes of volume attributes: a name and parameters. */
export interface SideClass {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of snapshots only. */
  readonly deletionPolicy: 'Delete' | 'Retain';
  readonly isDefault: boolean;
}
export type SideKind = 'snapshotClasses' | 'volumeAttributesClasses';

export const NEW_SIDE_CLASS: SideClass = { name: '', parameters: {}, deletionPolicy: 'Delete', isDefault: false };
const SNAPSHOT_DEFAULT = ['snapshots', 'defaultClass'];
const SIDE_OWN = ['name', 'parameters', 'deletionPolicy'];

export function sideClasses(values: JsonObject, kind: SideKind): readonly SideClass[] {
  const defaultName = kind === 'snapshotClasses' ? at(values, SNAPSHOT_DEFAULT) : undefined;
  return entries(values, [kind]).map(({ name, parameters, deletionPolicy }) => ({
    name: textOf(name),
    parameters: Object.fromEntries(
      Object.entries(isObject(parameters) ? parameters : {}).map(([key, value]) => [key, textOf(value)]),
    ),
    deletionPolicy: deletionPolicy === 'Retain' ? 'Retain' : 'Delete',
    isDefault: defaultName !== undefined && defaultName === name,
  }));
}

export function withSideClass(values: JsonObject, kind: SideKind, draft: SideClass): JsonObject {
  const { name, parameters, deletionPolicy, isDefault } = draft;
  const isSnapshot = kind === 'snapshotClasses';
  const entry = {
    name,
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(isSnapshot && deletionPolicy === 'Retain' ? { deletionPolicy } : {}),
  };
  const next = replaced(values, [kind], entry, SIDE_OWN);
  const isNow = at(values, SNAPSHOT_DEFAULT) === name;
  if (!isSnapshot || isNow === isDefault) return next;
  return isDefault ? withValue(next, SNAPSHOT_DEFAULT, name) : withoutValue(next, SNAPSHOT_DEFAULT);
}

export function withoutSideClass(values: JsonObject, kind: SideKind, name: string): JsonObject {
  const isDefault = kind === 'snapshotClasses' && at(values, SNAPSHOT_DEFAULT) === name;
  return removed(isDefault ? withoutValue(values, SNAPSHOT_DEFAULT) : values, [kind], name);
}

/** `values`: one that the values make; `chart`: the chart's own; `foreign`: made by hand, or by somebody else. */
export type Origin = 'values' | 'chart' | 'foreign';

export interface ClassRow {
  readonly name: string;
  readonly origin: Origin;
  readonly draft: ClassDraft;
  /** Whether the cluster has it already. */
  readonly exists: boolean;
}

/** Live StorageClasses of the driver, and those that the values name but Helm has not made yet. */
export function classRows(objects: readonly JsonObject[], values: JsonObject): readonly ClassRow[] {
  const own = new Map(classesInValues(values).map(draft => [draft.name, draft]));
  const live = objects.map((object): ClassRow => {
    const draft = fromStorageClass(object);
    return { name: draft.name, origin: originOf(object, own.has(draft.name)), draft, exists: true };
  });
  const names = new Set(live.map(({ name }) => name));
  const missing = [...own.values()].filter(({ name }) => !names.has(name));
  return [...live, ...missing.map((draft): ClassRow => ({ name: draft.name, origin: 'values', draft, exists: false }))];
}

function originOf(object: JsonObject, isInValues: boolean): Origin {
  if (isInValues) return 'values';
  return at(object, ['metadata', 'labels', 'app.kubernetes.io/managed-by']) === 'Helm' ? 'chart' : 'foreign';
}

/** Keys of texts `pso.classes.names.<problem>`; null: the name can be used. */
export function nameProblem(name: string, taken: readonly string[]): 'bad' | 'taken' | null {
  if (taken.includes(name)) return 'taken';
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name) ? null : 'bad';
}
