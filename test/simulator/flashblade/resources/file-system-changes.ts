import { checkEach, refuse } from '../../common/api-error.ts';
import { targets } from '../../common/select.ts';
import { usedBytes } from '../load-model.ts';
import { checkName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type { FileSystemRecord, FileSystemTraits } from '../records.ts';
import type { BladeState } from '../state.ts';
import { currentAccess } from '../state.ts';
import { fileSystemItem } from './file-system-items.ts';
import type { NfsView } from './nfs-view.ts';
import { accessEffects, changedView, commitView, currentView, viewRules } from './nfs-view.ts';
import { changedTraits } from './traits.ts';

/** What a PATCH makes of one file system. */
interface Change {
  readonly fileSystem: FileSystemRecord;
  readonly name: string;
  readonly traits: FileSystemTraits;
  readonly view: NfsView;
  readonly destroyed: boolean;
}

export function patchFileSystems(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  if (Object.keys(body).length === 0) throw refuse('No attribute specified.');
  const chosen = targets(call, state.fileSystems, state.settings.messages.fileSystemMissing);
  if (body.name !== undefined && chosen.length > 1)
    throw refuse('Invalid combination of parameters specified.', 'name');
  const changes = checkEach(chosen, fileSystem => changeOf(state, call, fileSystem));
  return {
    effects: changes.flatMap(change => effectsOf(state, change)),
    commit: () => {
      for (const change of changes) apply(state, change, call.nowMs);
      return { items: changes.map(({ fileSystem }) => fileSystemItem(state, fileSystem, call.nowMs)) };
    },
  };
}

/** Destroying may come with other changes (protocols are switched off with it); recovering comes alone. */
function changeOf(state: BladeState, call: Call, fileSystem: FileSystemRecord): Change {
  const body = bodyObject(call);
  const { messages } = state.settings;
  const isDestroyed = fileSystem.destroyedMs !== null;
  if (body.destroyed === false && !isDestroyed) throw refuse(messages.eradicateLive, fileSystem.name);
  const isRecovery = body.destroyed === false && Object.keys(body).length === 1;
  if (isDestroyed && !isRecovery) throw refuse(messages.fileSystemDestroyed, fileSystem.name);
  if (body.name !== undefined && body.destroyed !== undefined)
    throw refuse('Invalid combination of parameters specified.', 'name, destroyed');
  if (body.destroyed === true) checkUnlinked(state, call, fileSystem);
  const traits = changedTraits(state, body, fileSystem.traits, fileSystem.name);
  checkUsage(state, call, fileSystem, traits);
  checkPromotion(state, call, fileSystem, traits);
  return {
    fileSystem,
    name: body.name === undefined ? fileSystem.name : newName(state, fileSystem, body.name),
    traits,
    view: changedView(state, body, currentView(fileSystem)),
    destroyed: body.destroyed === undefined ? isDestroyed : body.destroyed === true,
  };
}

function newName(state: BladeState, fileSystem: FileSystemRecord, given: unknown): string {
  const name = typeof given === 'string' ? given : '';
  checkName('File system', name);
  const taken = state.fileSystems.find(name);
  if (taken !== undefined && taken !== fileSystem) throw refuse(state.settings.messages.fileSystemExists, name);
  return name;
}

function checkUnlinked(state: BladeState, call: Call, fileSystem: FileSystemRecord): void {
  if (call.query.flag('delete_link_on_eradication') === true || state.linksOf(fileSystem).length === 0) return;
  throw refuse('File system has a replica link.', fileSystem.name);
}

/** With a hard limit, a size below what is written needs `ignore_usage`. */
function checkUsage(state: BladeState, call: Call, fileSystem: FileSystemRecord, traits: FileSystemTraits): void {
  const { provisioned, hardLimit } = traits;
  const isSame = provisioned === fileSystem.traits.provisioned && hardLimit === fileSystem.traits.hardLimit;
  if (isSame || !hardLimit || provisioned === null || call.query.flag('ignore_usage') === true) return;
  if (provisioned < usedBytes(fileSystem, call.nowMs))
    throw refuse(state.settings.messages.belowUsage, fileSystem.name);
}

function checkPromotion(state: BladeState, call: Call, fileSystem: FileSystemRecord, traits: FileSystemTraits): void {
  if (traits.requestedPromotion === fileSystem.traits.requestedPromotion || traits.requestedPromotion === 'promoted')
    return;
  if (state.linksOf(fileSystem).length === 0) throw refuse('File system has no replica link.', fileSystem.name);
  if (call.query.flag('discard_non_snapshotted_data') !== true)
    throw refuse('Demoting needs discard_non_snapshotted_data=true.', fileSystem.name);
}

function effectsOf(state: BladeState, change: Change): Effect[] {
  const { fileSystem, name, traits, view, destroyed } = change;
  const data = state.dataOf(fileSystem, { name, traits });
  const wasDestroyed = fileSystem.destroyedMs !== null;
  if (destroyed && !wasDestroyed) return [plane => plane.fileSystemDestroyed(data)];
  if (!destroyed && wasDestroyed) {
    return [plane => plane.fileSystemRecovered(data), plane => plane.exportRulesChanged(data, viewRules(view))];
  }
  const old = state.dataOf(fileSystem);
  const isResized =
    old.provisionedBytes !== data.provisionedBytes ||
    old.hardLimit !== data.hardLimit ||
    old.snapshotDirectory !== data.snapshotDirectory;
  return [
    ...(isResized ? ([async plane => plane.fileSystemResized(data)] satisfies Effect[]) : []),
    ...accessEffects(state, fileSystem, currentAccess(fileSystem), viewRules(view), name),
  ];
}

function apply(state: BladeState, { fileSystem, name, traits, view, destroyed }: Change, nowMs: number): void {
  commitView(state, fileSystem, view);
  fileSystem.traits = traits;
  if (name !== fileSystem.name) rename(state, fileSystem, name);
  if (destroyed && fileSystem.destroyedMs === null) {
    state.destroy(fileSystem, nowMs);
    for (const snapshot of fileSystem.snapshots) if (snapshot.destroyedMs === null) state.destroy(snapshot, nowMs);
  }
  if (!destroyed && fileSystem.destroyedMs !== null) recoverWithSnapshots(state, fileSystem);
}

/** Snapshots that went with the file system come back with it; those destroyed before stay so. */
function recoverWithSnapshots(state: BladeState, fileSystem: FileSystemRecord): void {
  const since = fileSystem.destroyedMs;
  for (const snapshot of fileSystem.snapshots) if (snapshot.destroyedMs === since) state.recover(snapshot);
  state.recover(fileSystem);
}

/** Its snapshots, and the exports that bear its name, are called after it. */
function rename(state: BladeState, fileSystem: FileSystemRecord, name: string): void {
  for (const exported of fileSystem.exports) {
    if (exported.exportName !== fileSystem.name) continue;
    exported.exportName = name;
    state.exports.rename(exported, `${exported.server}::NFS::${name}`);
  }
  state.fileSystems.rename(fileSystem, name);
  for (const snapshot of fileSystem.snapshots) state.snapshots.rename(snapshot, `${name}.${snapshot.suffix}`);
}
