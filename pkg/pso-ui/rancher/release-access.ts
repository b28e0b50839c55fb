import type { JsonObject } from '../forms/json.ts';
import { type Ending, followOperation, type Look } from '../modules/follow-operation.ts';
import {
  type App,
  foreignOwner,
  hasMoved,
  isBusy,
  type Operation,
  repoOf,
  snapshotOf,
  upgradeBody,
} from '../modules/release.ts';
import { releaseValues } from '../older-hosts/release-values.ts';
import { HelmLog } from './helm-log.ts';
import { canCreate, findOne, listAll, messageOf, type Store, TYPE } from './store.ts';

const CHART = 'pure-pso';

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
  const app = await findApp(store);
  if (!app) return null;
  await app.fetchValues(true);
  const values = releaseValues(app);
  return {
    app: snapshotOf(app),
    userValues: copy(values?.user),
    defaults: copy(values?.defaults),
    namespace: app.metadata.namespace,
    readOnly: values ? (foreignOwner(app) ?? (await whyNotWritable(store, app))) : 'no-values',
  };
}

async function findApp(store: Store): Promise<any> {
  const apps = await listAll(store, TYPE.app);
  return apps.find(candidate => candidate.spec?.chart?.metadata?.name === CHART) ?? null;
}

/** Where the driver is, without its values; empty: no release is seen. */
export async function releaseNamespace(store: Store): Promise<string> {
  return (await findApp(store))?.metadata.namespace ?? '';
}

const copy = (values: unknown): JsonObject => JSON.parse(JSON.stringify(values ?? {})) as JsonObject;

async function whyNotWritable(store: Store, app: App): Promise<'no-repo' | 'no-right' | null> {
  const name = repoOf(app);
  const repo = name === '' ? null : await findOne(store, TYPE.repo, name).catch(() => null);
  if (!repo) return 'no-repo';
  // Rancher offers the action to everybody and lets Helm fail with the user's rights; Helm writes Secrets.
  return repo.hasAction('upgrade') && canCreate(store, TYPE.secret) ? null : 'no-right';
}

/** Nothing was sent. `conflict`: somebody wrote since we opened; `busy`: Helm would refuse. */
export interface Unsent {
  readonly state: 'conflict' | 'busy';
}
export type SaveResult = Unsent | Ending;

/** Gets Helm's log as it grows; without one, Rancher's own window shows it. */
export type LogListener = (text: string) => void;

/** Sends the complete user values and follows the operation to its end. */
export async function saveValues(
  store: Store,
  release: OpenRelease,
  userValues: JsonObject,
  onLog?: LogListener,
): Promise<SaveResult> {
  const id = `${release.namespace}/${release.app.metadata.name}`;
  // Each page has a path of its own, with the cluster in it, which is the one that the store asks.
  const page = location.pathname;
  try {
    const now = await currentApp(store, release);
    const unsent = whyUnsent(release, now);
    if (unsent) return unsent;
    const before = now.spec.version;
    const repo = await findOne(store, TYPE.repo, repoOf(now));
    const answer = await repo.doAction('upgrade', upgradeBody(now, userValues));
    const operation = `${answer.operationNamespace}/${answer.operationName}`;
    const log = openLog(store, repo, operation, onLog === undefined);
    return await follow(store, { appId: id, operationId: operation, before, page, log, onLog });
  } catch (error) {
    return { state: 'failed', message: messageOf(error) };
  }
}

/** The release's App as the server has it now; null: it is gone. */
export const currentApp = (store: Store, { app, namespace }: OpenRelease): Promise<any> =>
  findOne(store, TYPE.app, `${namespace}/${app.metadata.name}`);

/** Null: the values may be sent. */
export function whyUnsent({ app }: OpenRelease, now: App | null): Unsent | null {
  if (!now || hasMoved(app, now)) return { state: 'conflict' };
  return isBusy(now) ? { state: 'busy' } : null;
}

/** Reads along, with Rancher's window or without; null when there is no log. */
async function openLog(store: Store, repo: any, id: string, hasWindow: boolean): Promise<HelmLog | null> {
  try {
    await repo.waitForOperation(id);
    const operation = await store.dispatch('cluster/find', { type: TYPE.operation, id });
    await operation.waitForLink('logs');
    if (hasWindow) operation.openLogs();
    return new HelmLog(operation.links.logs);
  } catch {
    // a comfort: the result is told without it
    return null;
  }
}

interface Sent {
  readonly appId: string;
  readonly operationId: string;
  /** Revision before the operation. */
  readonly before: number;
  /** Path of the page that asked: it ends with that. */
  readonly page: string;
  readonly log: Promise<HelmLog | null>;
  readonly onLog: LogListener | undefined;
}

async function follow(store: Store, { appId, operationId, before, page, log, onLog }: Sent): Promise<Ending> {
  let opened: HelmLog | null = null;
  void log.then(found => (opened = found));
  const see = async (): Promise<Look> => {
    const app = (await findOne(store, TYPE.app, appId)) as App | null;
    const operation = (await findOne(store, TYPE.operation, operationId).catch(() => null)) as Operation | null;
    const seen = opened as HelmLog | null;
    onLog?.(seen?.text ?? '');
    return { app, operation, log: seen?.text ?? '', hasLogEnded: seen?.hasEnded ?? false };
  };
  const look = (): Promise<Look> => see().catch((failure: unknown) => ({ failure: messageOf(failure) }));
  try {
    return await followOperation({ look, before, isWanted: () => location.pathname === page });
  } finally {
    void log.then(found => found?.close());
  }
}
