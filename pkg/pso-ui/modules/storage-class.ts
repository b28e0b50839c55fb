import type { Labels } from '../../../driver/src/domain/array.ts';
import { firstUnmet, formatRequirement, parseLabelSelector } from '../../../driver/src/placement/label-selector.ts';
import { isObject, type JsonObject } from '../forms/json.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** The designer's form; texts are empty when not set. */
export interface ClassDraft {
  readonly name: string;
  readonly backend: 'block' | 'file';
  /** `kubectl -l` syntax; empty: every array. */
  readonly arraySelector: string;
  /** The same; arrays that come first. */
  readonly preferredArrays: string;
  readonly fsType: string;
  readonly iopsLimit: string;
  readonly bandwidthLimit: string;
  readonly reclaimPolicy: 'Delete' | 'Retain';
  readonly bindingMode: 'Immediate' | 'WaitForFirstConsumer';
  readonly allowVolumeExpansion: boolean;
  readonly isDefault: boolean;
  readonly mountOptions: readonly string[];
  /** Parameters that the form has no control for; kept as they are. */
  readonly others: Readonly<Record<string, string>>;
}

export const NEW_CLASS: ClassDraft = {
  name: '',
  backend: 'block',
  arraySelector: '',
  preferredArrays: '',
  fsType: '',
  iopsLimit: '',
  bandwidthLimit: '',
  reclaimPolicy: 'Delete',
  bindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
  isDefault: false,
  mountOptions: [],
  others: {},
};

/** Kubernetes refuses a change of these once the class exists: delete and create again; volumes are not touched. */
export const IMMUTABLE = ['name', 'backend', 'arraySelector', 'preferredArrays', 'fsType', 'iopsLimit', 'bandwidthLimit', 'reclaimPolicy', 'bindingMode', 'others'] as const satisfies readonly (keyof ClassDraft)[]; // prettier-ignore

/** Parameter of the class by field of the form. docs/parameters.md lists what the driver reads. */
const PARAMETERS = {
  arraySelector: 'arraySelector',
  preferredArrays: 'preferredArrays',
  fsType: 'csi.storage.k8s.io/fstype',
  iopsLimit: 'iops_limit',
  bandwidthLimit: 'bandwidth_limit',
} as const;

/** Parameters as the StorageClass will hold them, without those that are not set. */
export function parametersOf(draft: ClassDraft): Readonly<Record<string, string>> {
  const named = Object.entries(PARAMETERS).flatMap(([field, parameter]) => {
    const value = draft[field as keyof typeof PARAMETERS].trim();
    return value === '' || (field === 'fsType' && draft.backend === 'file') ? [] : [[parameter, value] as const];
  });
  return { ...draft.others, backend: draft.backend, ...Object.fromEntries(named) };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The form of an existing class of ours. PSO's older spellings of `block` and `file` are understood. */
export function fromStorageClass(object: JsonObject): ClassDraft {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const parameters = isObject(object.parameters) ? object.parameters : {};
  const known: readonly string[] = ['backend', ...Object.values(PARAMETERS)];
  const others = Object.entries(parameters).filter(([key]) => !known.includes(key));
  return {
    name: text(metadata.name),
    backend: /file/.test(text(parameters.backend)) ? 'file' : 'block',
    arraySelector: text(parameters.arraySelector),
    preferredArrays: text(parameters.preferredArrays),
    fsType: text(parameters[PARAMETERS.fsType]),
    iopsLimit: text(parameters[PARAMETERS.iopsLimit]),
    bandwidthLimit: text(parameters[PARAMETERS.bandwidthLimit]),
    reclaimPolicy: object.reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
    bindingMode: object.volumeBindingMode === 'Immediate' ? 'Immediate' : 'WaitForFirstConsumer',
    allowVolumeExpansion: object.allowVolumeExpansion === true,
    isDefault: annotations[DEFAULT_CLASS] === 'true',
    mountOptions: Array.isArray(object.mountOptions) ? object.mountOptions.map(text) : [],
    others: Object.fromEntries(others.map(([key, value]) => [key, text(value)])),
  };
}

export interface KnownArray {
  readonly name: string;
  readonly kind: 'block' | 'file';
  readonly labels: Labels;
  readonly isCordoned: boolean;
}

/** One array and whether the class could use it; `reason` is empty or the first term it misses. */
export interface ClassMatch {
  readonly name: string;
  readonly matches: boolean;
  readonly rule: 'kind' | 'label' | 'cordoned' | null;
  readonly reason: string;
}

/** The driver's own label rule, so that the list says what the placement will say. Throws PsoError on a bad selector. */
export function matchArrays(draft: ClassDraft, arrays: readonly KnownArray[]): readonly ClassMatch[] {
  const selector = parseLabelSelector(draft.arraySelector);
  return arrays.map(({ name, kind, labels, isCordoned }) => {
    if (kind !== draft.backend) return { name, matches: false, rule: 'kind', reason: kind };
    const unmet = firstUnmet(selector, labels);
    if (unmet) return { name, matches: false, rule: 'label', reason: formatRequirement(unmet) };
    return { name, matches: !isCordoned, rule: isCordoned ? 'cordoned' : null, reason: '' };
  });
}
