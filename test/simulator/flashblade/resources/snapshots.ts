import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { list } from '../listing.ts';
import { checkSuffix } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { FileSystemRecord, SnapshotRecord } from '../records.ts';
import type { BladeState } from '../state.ts';
import { snapshotItem } from './file-system-items.ts';
import { isEradicationOff } from './file-systems.ts';

const SOURCES = { names: 'source_names', ids: 'source_ids' };
const OWNERS = { names: 'owner_names', ids: 'owner_ids' };

export function getSnapshots(state: BladeState, call: Call): Plan {
  const { snapshotMissing, fileSystemMissing } = state.settings.messages;
  const owners = named(call, state.fileSystems, fileSystemMissing, OWNERS);
  const chosen = byNameOrOwner(state, call) ?? named(call, state.snapshots, snapshotMissing);
  const all = owners === undefined ? state.snapshots.values() : owners.flatMap(owner => [...owner.snapshots]);
  const build = (snapshot: SnapshotRecord): JsonObject => snapshotItem(state, snapshot, call.nowMs);
  return list(call, byDestroyed(call, all, chosen, snapshotMissing), build);
}

/** Each name is that of a snapshot, or of a file system: then all of its snapshots that `destroyed` allows. */
function byNameOrOwner(state: BladeState, call: Call): SnapshotRecord[] | undefined {
  const names = call.query.list('names_or_owner_names');
  if (names === undefined) return undefined;
  const wanted = call.query.flag('destroyed');
  return checkEach(names, name => {
    const snapshot = state.snapshots.find(name);
    if (snapshot !== undefined) return [snapshot];
    const owner = state.fileSystems.find(name);
    if (owner === undefined) throw refuse(state.settings.messages.snapshotMissing, name);
    return [...owner.snapshots].filter(({ destroyedMs }) => wanted === undefined || (destroyedMs !== null) === wanted);
  }).flat();
}

/** Without a suffix snapshots are counted: `fs.1`, `fs.2` … */
function nextNumber({ snapshots }: FileSystemRecord): string {
  const numbers = Array.from(snapshots, ({ suffix }) => (/^\d+$/.test(suffix) ? Number(suffix) : 0));
  return String(Math.max(0, ...numbers) + 1);
}

/** Without a source, all file systems of the array get one. */
export function postSnapshots(state: BladeState, call: Call): Plan {
  const { messages } = state.settings;
  const live = Array.from(state.fileSystems.values()).filter(({ destroyedMs }) => destroyedMs === null);
  const sources = named(call, state.fileSystems, messages.fileSystemMissing, SOURCES) ?? live;
  const { suffix: given } = bodyObject(call);
  if (typeof given === 'string') checkSuffix(given);
  const isSent = call.query.flag('send') === true;
  if (call.query.has('targets') && !isSent)
    throw refuse('Invalid combination of parameters specified.', 'targets, send');
  const fresh = checkEach(sources, owner => {
    if (owner.destroyedMs !== null) throw refuse(messages.fileSystemDestroyed, owner.name);
    if (isSent && state.linksOf(owner).length === 0) throw refuse('File system has no replica link.', owner.name);
    const suffix = typeof given === 'string' ? given : nextNumber(owner);
    const name = `${owner.name}.${suffix}`;
    if (state.snapshots.find(name) !== undefined) throw refuse(messages.snapshotExists, name);
    return newSnapshot(state, owner, suffix, call.nowMs, isSent);
  });
  return {
    effects: fresh.map(snapshot => takenEffect(state, snapshot)),
    commit: () => {
      for (const snapshot of fresh) {
        state.snapshots.add(snapshot);
        snapshot.owner.snapshots.add(snapshot);
      }
      return { items: fresh.map(snapshot => snapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

function newSnapshot(
  state: BladeState,
  owner: FileSystemRecord,
  suffix: string,
  nowMs: number,
  isReplicated: boolean,
): SnapshotRecord {
  return {
    kind: 'snapshot',
    id: state.nextId(),
    name: `${owner.name}.${suffix}`,
    suffix,
    createdMs: nowMs,
    destroyedMs: null,
    owner,
    provisioned: owner.traits.provisioned,
    policy: null,
    isReplicated,
  };
}

function takenEffect(state: BladeState, { owner, id, suffix }: SnapshotRecord): Effect {
  return plane => plane.snapshotTaken({ array: state.settings.name, fileSystemId: owner.id, id, suffix });
}

export function patchSnapshots(state: BladeState, call: Call): Plan {
  const { destroyed } = bodyObject(call);
  if (typeof destroyed !== 'boolean') throw refuse('No attribute specified.');
  const chosen = targets(call, state.snapshots, state.settings.messages.snapshotMissing);
  checkEach(chosen, snapshot => (destroyed ? checkDestroy(state, call, snapshot) : checkRecover(state, snapshot)));
  return {
    effects: [],
    commit: () => {
      for (const snapshot of chosen) {
        if (destroyed) state.destroy(snapshot, call.nowMs);
        else state.recover(snapshot);
      }
      return { items: chosen.map(snapshot => snapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

function checkDestroy(state: BladeState, call: Call, snapshot: SnapshotRecord): void {
  if (snapshot.destroyedMs !== null) throw refuse('File system snapshot has been destroyed.', snapshot.name);
  if (isBaseline(state, snapshot) && call.query.flag('latest_replica') !== true)
    throw refuse('File system snapshot is the latest replica.', snapshot.name);
}

function checkRecover(state: BladeState, snapshot: SnapshotRecord): void {
  if (snapshot.destroyedMs === null) throw refuse('File system snapshot has not been destroyed.', snapshot.name);
  if (snapshot.owner.destroyedMs !== null)
    throw refuse(state.settings.messages.fileSystemDestroyed, snapshot.owner.name);
}

/** The newest that was sent: replication goes on from it. */
function isBaseline(state: BladeState, snapshot: SnapshotRecord): boolean {
  if (!snapshot.isReplicated || state.linksOf(snapshot.owner).length === 0) return false;
  const sent = [...snapshot.owner.snapshots].filter(
    ({ isReplicated, destroyedMs }) => isReplicated && destroyedMs === null,
  );
  return sent.at(-1) === snapshot;
}

export function deleteSnapshots(state: BladeState, call: Call): Plan {
  const { messages } = state.settings;
  const doomed = checkEach(targets(call, state.snapshots, messages.snapshotMissing), snapshot => {
    if (snapshot.destroyedMs === null) throw refuse('File system snapshot has not been destroyed.', snapshot.name);
    if (isEradicationOff(state, snapshot.owner)) throw refuse(messages.eradicationDisabled, snapshot.name);
    return snapshot;
  });
  return {
    effects: doomed.flatMap(snapshot => state.eradicationEffects(snapshot)),
    commit: () => {
      for (const snapshot of doomed) state.eradicate(snapshot);
      return NO_BODY;
    },
  };
}
