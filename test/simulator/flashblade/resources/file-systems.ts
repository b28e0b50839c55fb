import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { list } from '../listing.ts';
import { checkName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { FileSystemRecord, SnapshotPolicyRecord, SnapshotRecord } from '../records.ts';
import type { BladeState } from '../state.ts';
import { fileSystemItem, fileSystemTotal } from './file-system-items.ts';
import type { NfsView } from './nfs-view.ts';
import { accessEffects, commitView, newView, viewRules } from './nfs-view.ts';
import { changedTraits, DEFAULT_TRAITS, objectOf } from './traits.ts';

/** Since then a snapshot can become a new file system. */
const CLONE_MINOR = 25;
/** Since then exports are objects, and `default_exports` says which a new file system gets. */
const EXPORTS_MINOR = 16;

export function getFileSystems(state: BladeState, call: Call): Plan {
  const { fileSystemMissing } = state.settings.messages;
  const chosen = named(call, state.fileSystems, fileSystemMissing);
  const shown = byDestroyed(call, state.fileSystems.values(), chosen, fileSystemMissing);
  const build = (fileSystem: FileSystemRecord): JsonObject => fileSystemItem(state, fileSystem, call.nowMs);
  return list(call, shown, build, all => fileSystemTotal(all, call.nowMs));
}

export function postFileSystems(state: BladeState, call: Call): Plan {
  const names = call.query.required('names');
  if (new Set(names.map(name => name.toLowerCase())).size < names.length) throw refuse('Duplicate names specified.');
  const source = sourceOf(state, call);
  if (call.query.flag('overwrite') === true) return restore(state, call, names, source);
  const fresh = checkEach(names, name => newFileSystem(state, call, name, source));
  if (state.fileSystems.size + fresh.length > state.settings.maxFileSystems)
    throw refuse(state.settings.messages.fileSystemLimit);
  const policies = snapshotPoliciesOf(state, call);
  return {
    effects: fresh.flatMap(one => creationEffects(state, one, source)),
    commit: () => ({
      items: fresh.map(({ fileSystem, view }) => {
        state.fileSystems.add(fileSystem);
        commitView(state, fileSystem, view);
        for (const policy of policies) join(policy, fileSystem);
        return fileSystemItem(state, fileSystem, call.nowMs);
      }),
    }),
  };
}

export function join(policy: SnapshotPolicyRecord, fileSystem: FileSystemRecord): void {
  policy.members.add(fileSystem);
  fileSystem.policies.add(policy);
}

function sourceOf(state: BladeState, call: Call): SnapshotRecord | null {
  const body = bodyObject(call);
  if (body.source === undefined) return null;
  const { name, id } = objectOf(body.source);
  const found =
    typeof name === 'string' ? state.snapshots.find(name) : state.snapshots.findId(typeof id === 'string' ? id : '');
  if (found === undefined || found.destroyedMs !== null)
    throw refuse(state.settings.messages.snapshotMissing, typeof name === 'string' ? name : null);
  return found;
}

function snapshotPoliciesOf(state: BladeState, call: Call): SnapshotPolicyRecord[] {
  const parameters = { names: 'policy_names', ids: 'policy_ids' };
  return named(call, state.snapshotPolicies, state.settings.messages.policyMissing, parameters) ?? [];
}

interface NewFileSystem {
  readonly fileSystem: FileSystemRecord;
  readonly view: NfsView;
}

function newFileSystem(state: BladeState, call: Call, name: string, source: SnapshotRecord | null): NewFileSystem {
  const { messages, copyMs } = state.settings;
  checkName('File system', name);
  if (source !== null) checkClone(state, call, name);
  if (state.fileSystems.find(name) !== undefined) throw refuse(messages.fileSystemExists, name);
  const body = bodyObject(call);
  const traits = changedTraits(state, body, { ...DEFAULT_TRAITS, provisioned: source?.provisioned ?? null }, name);
  if (traits.requestedPromotion === 'demoted') throw refuse('File system has no replica link.', name);
  const fileSystem: FileSystemRecord = {
    kind: 'file-system',
    id: state.nextId(),
    name,
    createdMs: call.nowMs,
    destroyedMs: null,
    nfs: { v3: false, v41: false, rules: '' },
    traits,
    source: source === null ? null : { name: source.owner.name, id: source.owner.id },
    copiedMs: source === null ? call.nowMs : call.nowMs + copyMs,
    snapshots: new Set(),
    exports: new Set(),
    policies: new Set(),
    quotas: [],
    forcedUsedBytes: null,
    forcedIops: null,
  };
  return { fileSystem, view: newView(state, body, wantsDefaultExport(call)) };
}

/** Older versions only restore: a source for a name that is not there finds nothing to restore. */
function checkClone(state: BladeState, call: Call, name: string): void {
  if (call.minor < CLONE_MINOR) throw refuse(state.settings.messages.cloneUnsupported, name);
  if (call.query.flag('include_snapshot') !== true)
    throw refuse('Copying a snapshot to a new file system needs include_snapshot=true.', name);
}

function wantsDefaultExport(call: Call): boolean {
  if (call.minor < EXPORTS_MINOR || !call.query.has('default_exports')) return true;
  return (call.query.list('default_exports') ?? []).includes('nfs');
}

function creationEffects(state: BladeState, one: NewFileSystem, source: SnapshotRecord | null): Effect[] {
  const { fileSystem, view } = one;
  const from = source === null ? null : { fileSystemId: source.owner.id, snapshotId: source.id };
  return [
    plane => plane.fileSystemCreated(state.dataOf(fileSystem), from),
    ...accessEffects(state, fileSystem, [], viewRules(view)),
  ];
}

/** In place: the file system gets the files of one of its snapshots. */
function restore(state: BladeState, call: Call, names: readonly string[], source: SnapshotRecord | null): Plan {
  if (source === null) throw refuse('Missing required property: source.');
  if (call.query.flag('discard_non_snapshotted_data') !== true)
    throw refuse('Restoring needs discard_non_snapshotted_data=true.', names[0] ?? null);
  const restored = checkEach(names, name => {
    const fileSystem = state.fileSystem(name);
    if (fileSystem.destroyedMs !== null) throw refuse(state.settings.messages.fileSystemDestroyed, name);
    if (source.owner !== fileSystem) throw refuse('The snapshot is of another file system.', source.name);
    return fileSystem;
  });
  const from = { fileSystemId: source.owner.id, snapshotId: source.id };
  return {
    effects: restored.map(fileSystem => plane => plane.fileSystemRestored(state.dataOf(fileSystem), from)),
    commit: () => ({ items: restored.map(fileSystem => fileSystemItem(state, fileSystem, call.nowMs)) }),
  };
}

export function deleteFileSystems(state: BladeState, call: Call): Plan {
  const { messages } = state.settings;
  const doomed = checkEach(targets(call, state.fileSystems, messages.fileSystemMissing), fileSystem => {
    if (fileSystem.destroyedMs === null) throw refuse(messages.eradicateLive, fileSystem.name);
    if (isEradicationOff(state, fileSystem)) throw refuse(messages.eradicationDisabled, fileSystem.name);
    return fileSystem;
  });
  return {
    effects: doomed.flatMap(fileSystem => state.eradicationEffects(fileSystem)),
    commit: () => {
      for (const fileSystem of doomed) state.eradicate(fileSystem);
      return NO_BODY;
    },
  };
}

/** SafeMode: of the array, or of the file system. */
export function isEradicationOff(state: BladeState, { traits }: FileSystemRecord): boolean {
  return state.conditions.manualEradication === 'all-disabled' || traits.manualEradication === 'disabled';
}
