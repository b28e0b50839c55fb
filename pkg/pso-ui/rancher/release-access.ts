import type { JsonObject } from '../forms/json.ts';
import {
  type App,
  foreignOwner,
  hasMoved,
  type Operation,
  outcomeOf,
  repoOf,
  snapshotOf,
  upgradeBody,
} from '../modules/release.ts';
import { findOne, listAll, messageOf, type Store, TYPE } from './store.ts';

const CHART = 'pure-pso';
const POLL_MS = 2000;
const MAX_WAIT_MS = 15 * 60_000;

/** A release of the chart with the values it was opened with. */
export interface OpenRelease {
  readonly app: App;
  readonly userValues: JsonObject;
  readonly defaults: JsonObject;
  readonly namespace: string;
  /** Null: this user may write. Else the key of a text `pso.readOnly.<key>`. */
  readonly readOnly: 'fleet' | 'managed' | 'no-repo' | 'no-right' | 'no-values' | null;
}

/** The release of this cluster, null when there is none. The values come from Helm's own Secret. */
export async function openRelease(store: Store): Promise<OpenRelease | null> {
  const apps = await listAll(store, TYPE.app);
  const app = apps.find(candidate => candidate.spec?.chart?.metadata?.name === CHART);
  if (!app) return null;
  await app.fetchValues(true);
  const loaded = Boolean(app.valuesLoaded);
  return {
    app: snapshotOf(app),
    userValues: loaded ? copy(app.values) : {},
    defaults: loaded ? copy(app.chartValues) : {},
    namespace: app.metadata.namespace,
    readOnly: loaded ? (foreignOwner(app) ?? (await whyNotWritable(store, app))) : 'no-values',
  };
}

const copy = (values: unknown): JsonObject => JSON.parse(JSON.stringify(values ?? {})) as JsonObject;

async function whyNotWritable(store: Store, app: App): Promise<'no-repo' | 'no-right' | null> {
  const name = repoOf(app);
  const repo = name === '' ? null : await findOne(store, TYPE.repo, name).catch(() => null);
  if (!repo) return 'no-repo';
  return repo.hasAction('upgrade') ? null : 'no-right';
}

/** `conflict`: somebody wrote since we opened; nothing was sent. */
export type SaveResult =
  { readonly state: 'done' } | { readonly state: 'conflict' } | { readonly state: 'failed'; readonly message: string };

/** Sends the complete user values and follows the operation to its end. `opened` gives the log's window. */
export async function saveValues(store: Store, release: OpenRelease, userValues: JsonObject): Promise<SaveResult> {
  const id = `${release.namespace}/${release.app.metadata.name}`;
  try {
    const now = await findOne(store, TYPE.app, id);
    if (!now || hasMoved(release.app, now)) return { state: 'conflict' };
    const before = now.spec.version;
    const repo = await findOne(store, TYPE.repo, repoOf(now));
    const answer = await repo.doAction('upgrade', upgradeBody(now, userValues));
    const operation = `${answer.operationNamespace}/${answer.operationName}`;
    void showLog(store, repo, operation);
    return await follow(store, id, operation, before);
  } catch (error) {
    return { state: 'failed', message: messageOf(error) };
  }
}

async function showLog(store: Store, repo: any, id: string): Promise<void> {
  try {
    await repo.waitForOperation(id);
    const operation = await store.dispatch('cluster/find', { type: TYPE.operation, id });
    await operation.waitForLink('logs');
    operation.openLogs();
  } catch {
    // the log window is a comfort: the result is told without it
  }
}

async function follow(store: Store, appId: string, operationId: string, before: number): Promise<SaveResult> {
  for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
    const app = await findOne(store, TYPE.app, appId);
    const operation = (await findOne(store, TYPE.operation, operationId).catch(() => null)) as Operation | null;
    const outcome = outcomeOf(operation, app, before);
    if (outcome.state !== 'running') return outcome;
  }
  return { state: 'failed', message: `${operationId} did not end within ${MAX_WAIT_MS / 60_000} minutes.` };
}
