import { isEqual, type JsonObject } from '../forms/json.ts';

/** What the dashboard's App (catalog.cattle.io/v1) tells about a Helm release; the rest of it is not used. */
export interface App {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    /** Helm's revision; a write by anybody raises it. */
    readonly version: number;
    readonly name: string;
    readonly chart: {
      readonly metadata: {
        readonly name: string;
        readonly version: string;
        readonly annotations?: Readonly<Record<string, string>>;
      };
    };
    readonly info?: { readonly status?: string; readonly description?: string; readonly firstDeployed?: string };
  };
}

/** The App as it is now. The dashboard's own object changes under us when somebody else writes: keep no reference to it. */
export const snapshotOf = ({ metadata, spec }: App): App => JSON.parse(JSON.stringify({ metadata, spec })) as App;

const ANNOTATION = {
  bundle: 'fleet.cattle.io/bundle-id',
  managed: 'catalog.cattle.io/managed',
  repo: 'catalog.cattle.io/ui-source-repo',
  repoType: 'catalog.cattle.io/ui-source-repo-type',
} as const;

const annotationsOf = (app: App): Readonly<Record<string, string>> => app.spec.chart.metadata.annotations ?? {};

/** `fleet`: the next sync would overwrite what we write; `managed`: another controller owns the release. */
export function foreignOwner(app: App): 'fleet' | 'managed' | null {
  const annotations = annotationsOf(app);
  if (annotations[ANNOTATION.bundle]) return 'fleet';
  return annotations[ANNOTATION.managed] ? 'managed' : null;
}

/** Name of the ClusterRepo the release came from; empty when it was installed outside Rancher. */
export const repoOf = (app: App): string => annotationsOf(app)[ANNOTATION.repo] ?? '';

/**
 * Nothing in the API protects against a lost update: compare with the App read just before writing. A release that was
 * removed and installed again counts from one again, but not from the same moment.
 */
export function hasMoved(opened: App, now: App): boolean {
  const [then, since] = [opened, now].map(({ spec }) => spec.info?.firstDeployed);
  return opened.spec.version !== now.spec.version || (then !== undefined && since !== undefined && then !== since);
}

/** Helm is at work on the release, or was interrupted: either way it refuses another operation. */
export const isBusy = ({ spec }: App): boolean => /^(?:pending-|uninstalling)/.test(spec.info?.status ?? '');

/** A save that failed: the values it began with, and those it sent. */
export interface FailedEdit {
  readonly opened: JsonObject;
  readonly sent: JsonObject;
}

/**
 * What a page shows once the release is read again: the edit, of which Helm may have made a revision or none. Null: the
 * release holds what somebody else wrote meanwhile, which the edit would take back.
 */
export const editAfterFailure = ({ opened, sent }: FailedEdit, now: JsonObject): JsonObject | null =>
  isEqual(now, opened) || isEqual(now, sent) ? sent : null;

/**
 * What a page shows once the release is read again, which may be long after somebody asked for it: the edit stays while
 * the release holds what it held. Another object each time, so that texts of it are drawn anew. `before`: null at first.
 */
export const editAfterLoad = (before: JsonObject | null, edited: JsonObject, now: JsonObject): JsonObject =>
  before !== null && isEqual(before, now) ? { ...edited } : now;

/**
 * Body of the ClusterRepo's action `upgrade` (rancher pkg/api/steve/catalog/types/rest.go). Helm gets no
 * reuse-values: `userValues` must be complete. The chart's version stays: this is an edit of values.
 * Helm keeps the old values when it gets none, so taking the last one away needs `resetValues`.
 */
export function upgradeBody(app: App, userValues: JsonObject): JsonObject {
  const { name, version } = app.spec.chart.metadata;
  return {
    charts: [
      {
        chartName: name,
        version,
        releaseName: app.spec.name,
        resetValues: Object.keys(userValues).length === 0,
        values: userValues,
        annotations: {
          [ANNOTATION.repoType]: annotationsOf(app)[ANNOTATION.repoType] ?? 'cluster',
          [ANNOTATION.repo]: repoOf(app),
        },
      },
    ],
    namespace: app.metadata.namespace,
    noHooks: false,
    timeout: '600s',
    wait: true,
    cleanupOnFail: false,
    historyMax: 5,
    disableOpenAPIValidation: false,
  };
}

/** State of the Operation (catalog.cattle.io) that runs Helm. */
export interface Operation {
  readonly metadata?: {
    readonly state?: { readonly name?: string; readonly error?: boolean; readonly message?: string };
  };
}

export type Outcome =
  | { readonly state: 'running' }
  | { readonly state: 'done' }
  /** `message` is Helm's or Rancher's own. */
  | { readonly state: 'failed'; readonly message: string };

/** Both are asked: an Operation ends with Helm, the App tells with which result. `before` is the opened revision. */
export function outcomeOf(operation: Operation | null, app: App, before: number): Outcome {
  const { status = '', description = '' } = app.spec.info ?? {};
  if (app.spec.version > before) {
    if (status === 'deployed') return { state: 'done' };
    if (status === 'failed') return { state: 'failed', message: description };
  }
  const state = operation?.metadata?.state;
  if (state?.error === true) return { state: 'failed', message: state.message ?? '' };
  return { state: 'running' };
}

/**
 * Helm's own words for a failure, null when its log tells none. It can fail before there is a new revision, e.g. because
 * the user lacks a right; the App then never changes.
 */
export function failureIn(log: string): string | null {
  const lines = log
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const start = lines.map(line => line.startsWith('Error:')).lastIndexOf(true);
  return start < 0 ? null : lines.slice(start, start + MAX_LINES).join(' ');
}
const MAX_LINES = 6;
