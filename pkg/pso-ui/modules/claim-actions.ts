import { nameProblem } from './class-values.ts';
import { parseSize } from './quantity.ts';

/** A PersistentVolumeClaim, as far as its actions read it. */
export interface ActionClaim {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly { readonly time?: string }[];
  };
  readonly spec?: {
    readonly storageClassName?: string;
    readonly volumeAttributesClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
    readonly conditions?: readonly Condition[];
    readonly allocatedResourceStatuses?: { readonly storage?: string };
    readonly currentVolumeAttributesClassName?: string;
    readonly modifyVolumeStatus?: { readonly status?: string; readonly targetVolumeAttributesClassName?: string };
  };
}

/** A VolumeAttributesClass. */
export interface AttributesClass {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** Why an action cannot be done: key of a text `pso.claim.bars.<bar>`. Null: it can. */
export type Bar = 'noUpdate' | 'noCreate' | 'unbound' | 'deleting' | 'noExpansion' | 'noSnapshots' | 'noSnapshotClass' | 'noAttributes' | 'noAttributesClass'; // prettier-ignore

function claimBar(claim: ActionClaim): Bar | null {
  if (claim.metadata.deletionTimestamp !== undefined) return 'deleting';
  return claim.status?.phase === 'Bound' ? null : 'unbound';
}

export function expandBar(claim: ActionClaim, canGrow: boolean, mayUpdate: boolean): Bar | null {
  if (!mayUpdate) return 'noUpdate';
  return claimBar(claim) ?? (canGrow ? null : 'noExpansion');
}

interface ClassLike {
  readonly metadata: { readonly name: string };
  readonly allowVolumeExpansion?: boolean;
}

/** `classes`: null for who may not list them; Kubernetes says no by itself where a class lets no volume grow. */
export const mayGrow = (name: string | undefined, classes: readonly ClassLike[] | null): boolean =>
  classes === null ||
  classes.some(({ metadata, allowVolumeExpansion }) => metadata.name === name && allowVolumeExpansion === true);

/** `classes`: how many are ours; null: the cluster knows no such kind. */
export function snapshotBar(claim: ActionClaim, classes: number | null, mayCreate: boolean): Bar | null {
  if (classes === null) return 'noSnapshots';
  if (!mayCreate) return 'noCreate';
  return claimBar(claim) ?? (classes === 0 ? 'noSnapshotClass' : null);
}

export function attributesBar(claim: ActionClaim, classes: number | null, mayUpdate: boolean): Bar | null {
  if (classes === null) return 'noAttributes';
  if (!mayUpdate) return 'noUpdate';
  return claimBar(claim) ?? (classes === 0 ? 'noAttributesClass' : null);
}

export const requestedSize = (claim: ActionClaim): string => claim.spec?.resources?.requests?.storage ?? '';
const capacityOf = (claim: ActionClaim): string => claim.status?.capacity?.storage ?? '';

/** The larger of what is asked for and what is there, as it is written. */
export function presentSize(claim: ActionClaim): string {
  const requested = requestedSize(claim);
  const [wanted, there] = [requested, capacityOf(claim)].map(parseSize);
  return there && there > (wanted ?? 0) ? capacityOf(claim) : requested;
}

export type SizeProblem = 'number' | 'smaller' | 'unreadable';

/** `gib`: as it was typed, whole GiB. Key of a text `pso.claim.sizes.<problem>`. */
export function sizeProblem(gib: string, claim: ActionClaim): SizeProblem | null {
  const present = parseSize(presentSize(claim));
  if (present === null) return 'unreadable';
  const wanted = /^\d{1,7}$/.test(gib.trim()) ? parseSize(`${gib.trim()}Gi`) : null;
  if (wanted === null) return 'number';
  return wanted > present ? null : 'smaller';
}

/** `running`: nothing has ended; `waiting`: done on the array, and the file system grows when a pod uses it. */
export interface Progress {
  readonly state: 'running' | 'waiting' | 'failed' | 'done';
  /** Of Kubernetes or the driver; empty: nothing was said. */
  readonly words: string;
}

const wordsOf = (claim: ActionClaim, types: readonly string[]): string =>
  (claim.status?.conditions ?? []).find(({ type, status }) => types.includes(type) && status === 'True')?.message ?? '';
const has = (claim: ActionClaim, type: string): boolean =>
  (claim.status?.conditions ?? []).some(condition => condition.type === type && condition.status === 'True');

/** As Kubernetes says it, whatever the sizes are. */
const isResizing = (claim: ActionClaim): boolean =>
  (claim.status?.allocatedResourceStatuses?.storage ?? '') !== '' ||
  has(claim, 'Resizing') ||
  has(claim, 'FileSystemResizePending');

/** How far Kubernetes is with the size that the claim asks for. */
export function expansionOf(claim: ActionClaim): Progress {
  const [wanted, present] = [requestedSize(claim), capacityOf(claim)].map(parseSize);
  if (wanted ? (present ?? 0) >= wanted : !isResizing(claim)) return { state: 'done', words: '' };
  const words = wordsOf(claim, ['ControllerResizeError', 'NodeResizeError']);
  if (/Infeasible$/.test(claim.status?.allocatedResourceStatuses?.storage ?? '')) return { state: 'failed', words };
  return { state: has(claim, 'FileSystemResizePending') ? 'waiting' : 'running', words };
}

/** How far Kubernetes is with the class of attributes that the claim asks for. */
export function modificationOf(claim: ActionClaim): Progress {
  const wanted = claim.spec?.volumeAttributesClassName ?? '';
  const { currentVolumeAttributesClassName: current = '', modifyVolumeStatus } = claim.status ?? {};
  if (wanted === current && modifyVolumeStatus === undefined) return { state: 'done', words: '' };
  const words = wordsOf(claim, ['ModifyVolumeError']);
  return { state: modifyVolumeStatus?.status === 'Infeasible' ? 'failed' : 'running', words };
}

/** A merge patch; the resource version makes Kubernetes refuse it when somebody else wrote in between. */
export type ClaimPatch = { readonly spec: NonNullable<ActionClaim['spec']> };

export const expansionPatch = (gib: string): ClaimPatch => ({
  spec: { resources: { requests: { storage: `${gib.trim()}Gi` } } },
});

export const attributesPatch = (name: string): ClaimPatch => ({ spec: { volumeAttributesClassName: name } });

/** Whether what was read again is what somebody saw when they decided. */
export const isAsSeen = (seen: ActionClaim, now: ActionClaim): boolean =>
  seen.metadata.uid === now.metadata.uid &&
  requestedSize(seen) === requestedSize(now) &&
  (seen.spec?.volumeAttributesClassName ?? '') === (now.spec?.volumeAttributesClassName ?? '');

/** When it was written last, by the clock that events have, too: that of the browser may be another. */
export function writtenAtMs({ metadata }: ActionClaim, otherwise: number): number {
  const times = (metadata.managedFields ?? [])
    .map(({ time }) => Date.parse(time ?? ''))
    .filter(ms => !Number.isNaN(ms));
  return times.length === 0 ? otherwise : Math.max(...times);
}

export interface VolumeSnapshot {
  readonly metadata: { readonly name: string; readonly creationTimestamp?: string };
  readonly spec?: {
    readonly volumeSnapshotClassName?: string;
    readonly source?: { readonly persistentVolumeClaimName?: string };
  };
  readonly status?: {
    readonly readyToUse?: boolean;
    readonly restoreSize?: string;
    readonly error?: { readonly message?: string };
  };
}

export const newSnapshot = (name: string, className: string, claim: string) => ({
  apiVersion: 'snapshot.storage.k8s.io/v1',
  kind: 'VolumeSnapshot',
  metadata: { name },
  spec: { volumeSnapshotClassName: className, source: { persistentVolumeClaimName: claim } },
});

/** `<claim>-20261122-0956`, by UTC; with the second where that name is taken. */
export function snapshotName(claim: string, nowMs: number, taken: readonly VolumeSnapshot[]): string {
  const digits = new Date(nowMs).toISOString().replaceAll(/[-:]/g, '').replace('T', '-');
  const start = claim.slice(0, 230).replace(/[-.]+$/, '');
  const name = `${start}-${digits.slice(0, 13)}`;
  return taken.some(({ metadata }) => metadata.name === name) ? `${start}-${digits.slice(0, 15)}` : name;
}

export const snapshotNameProblem = (name: string, taken: readonly VolumeSnapshot[]): 'bad' | 'taken' | null =>
  nameProblem(name, taken.map(({ metadata }) => metadata.name)); // prettier-ignore

/** Of that claim, newest first. */
export const snapshotsOf = (claim: string, snapshots: readonly VolumeSnapshot[]): readonly VolumeSnapshot[] =>
  snapshots
    .filter(({ spec }) => spec?.source?.persistentVolumeClaimName === claim)
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));

/** An error may pass: Kubernetes tries again. */
export const snapshotState = ({ status }: VolumeSnapshot): 'ready' | 'error' | 'waiting' => {
  if (status?.readyToUse === true) return 'ready';
  return status?.error === undefined ? 'waiting' : 'error';
};

/** What takes longer than this has a cause that somebody has to put right first. */
const SNAPSHOT_MS = 10 * 60_000;

/** Whether looking at it again soon would tell nothing new. */
export const isSnapshotSettled = (snapshot: VolumeSnapshot, nowMs: number): boolean =>
  snapshotState(snapshot) === 'ready' || nowMs - Date.parse(snapshot.metadata.creationTimestamp ?? '') > SNAPSHOT_MS;
