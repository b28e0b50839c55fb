import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { snapshotBytes, spaceItem } from '../load-model.ts';
import { checkSuffix } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type { GroupSnapshotRecord, ProtectionGroupRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import type { ContainerKind } from './containers.ts';
import { checkNew, destroyChange, eradicateContainers, missingOf } from './containers.ts';
import { GROUP_MISSING } from './protection-groups.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { dataOf, newSnapshot } from './snapshots.ts';
import { startTransfers } from './transfers.ts';
import { context, reference } from './volume-items.ts';

const SNAPSHOTS: ContainerKind<GroupSnapshotRecord> = {
  kind: 'Protection group snapshot',
  registryOf: state => state.groupSnapshots,
  contents: () => [],
};
const MISSING = missingOf(SNAPSHOTS);
const SOURCES = { names: 'source_names', ids: 'source_ids' };

/** A replica's source is the group on the other array. */
function sourceOf(group: ProtectionGroupRecord): JsonObject {
  return group.origin === null ? reference(group) : { id: group.origin.group.id, name: group.name };
}

function groupSnapshotItem(state: ArrayState, snapshot: GroupSnapshotRecord, nowMs: number): JsonObject {
  const kept = snapshot.members.reduce((sum, member) => sum + snapshotBytes(member, nowMs), 0);
  const provisioned = snapshot.members.reduce((sum, member) => sum + member.sizeBytes, 0);
  return {
    ...reference(snapshot),
    created: snapshot.createdMs,
    destroyed: snapshot.destroyedMs !== null,
    eradication_config: { manual_eradication: state.conditions.manualEradication },
    pod: reference(snapshot.group.pod),
    source: sourceOf(snapshot.group),
    space: spaceItem({ provisioned, written: 0, snapshots: kept }),
    suffix: snapshot.suffix,
    time_remaining: state.timeRemaining(snapshot, nowMs),
    context: context(state),
  };
}

export function getGroupSnapshots(state: ArrayState, call: Call): Plan {
  const sources = named(call, state.protectionGroups, GROUP_MISSING, SOURCES);
  const chosen = named(call, state.groupSnapshots, MISSING);
  const all = Array.from(state.groupSnapshots.values()).filter(({ group }) => sources?.includes(group) ?? true);
  return list(call, byDestroyed(call, all, chosen, MISSING), one => groupSnapshotItem(state, one, call.nowMs));
}

/** One instant for all members of all groups named. */
export function postGroupSnapshots(state: ArrayState, call: Call): Plan {
  const groups = named(call, state.protectionGroups, GROUP_MISSING, SOURCES);
  if (groups === undefined) throw refuse('Missing required parameter: source_names.');
  const given = bodyObject(call).suffix;
  if (typeof given === 'string') checkSuffix(given);
  const fresh = checkEach(groups, group => {
    if (group.destroyedMs !== null) throw refuse('Protection group has been destroyed.', group.name);
    if (group.origin !== null) throw refuse('Operation not permitted on a replicated protection group.', group.name);
    const suffix = typeof given === 'string' ? given : String(group.lastSuffix + 1);
    const name = `${group.name}.${suffix}`;
    checkNew(SNAPSHOTS, state, name);
    const base = { id: state.nextId(), name, suffix, group, createdMs: call.nowMs, destroyedMs: null };
    const snapshot: GroupSnapshotRecord = { kind: 'group-snapshot', ...base, members: [] };
    for (const volume of group.volumes) {
      if (volume.destroyedMs === null) snapshot.members.push(newSnapshot(state, volume, suffix, call.nowMs, snapshot));
    }
    return snapshot;
  });
  const replicates = call.query.flag('replicate_now') === true || call.query.flag('replicate') === true;
  const members = fresh.flatMap(snapshot => snapshot.members);
  return {
    effects: members.length === 0 ? [] : [plane => plane.snapshotsTaken(members.map(member => dataOf(state, member)))],
    commit: () => {
      for (const snapshot of fresh) {
        snapshot.group.lastSuffix++;
        state.enroll(snapshot);
      }
      for (const member of members) {
        state.enroll(member);
        member.volume.snapshots.add(member);
      }
      if (replicates) for (const snapshot of fresh) startTransfers(state, snapshot, call.nowMs);
      return { items: fresh.map(snapshot => groupSnapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

export function patchGroupSnapshots(state: ArrayState, call: Call): Plan {
  const snapshots = targets(call, state.groupSnapshots, MISSING);
  const { destroyed } = bodyObject(call);
  if (typeof destroyed !== 'boolean') throw refuse('No attribute specified.');
  const change = destroyChange(SNAPSHOTS, state, call, snapshots, destroyed);
  return {
    effects: [],
    commit: () => {
      change();
      for (const member of snapshots.flatMap(snapshot => snapshot.members)) {
        if (destroyed) state.destroy(member, call.nowMs);
        else state.recover(member);
      }
      return { items: snapshots.map(snapshot => groupSnapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

export function deleteGroupSnapshots(state: ArrayState, call: Call): Plan {
  return eradicateContainers(SNAPSHOTS, state, call);
}
