import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named } from '../../common/select.ts';
import { list } from '../listing.ts';
import { splitVolumeName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ProtectionGroupRecord, TargetRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { GROUP_MISSING } from './protection-groups.ts';
import { context, reference } from './volume-items.ts';

const GROUP_KEYS = { names: 'group_names', ids: 'group_ids' };

/** As the source sees it, or as the target does: there the group is called `source:group`. */
interface Row {
  readonly group: ProtectionGroupRecord;
  readonly target: TargetRecord;
}

function rowsOf(group: ProtectionGroupRecord): Row[] {
  const own = group.targets.map(target => ({ group, target }));
  const incoming = group.origin?.group.targets.filter(({ replica }) => replica === group) ?? [];
  return [...own, ...incoming.map(target => ({ group, target }))];
}

function item(state: ArrayState, { group, target }: Row): JsonObject {
  return {
    group: reference(group),
    member: { ...target.state.reference, resource_type: 'arrays' },
    allowed: target.isAllowed,
    status: target.isAllowed ? 'replicating' : 'disallowed',
    context: context(state),
  };
}

function chosen(state: ArrayState, call: Call): Row[] {
  const groups = named(call, state.protectionGroups, GROUP_MISSING, GROUP_KEYS);
  const members = call.query.list('member_names')?.map(name => name.toLowerCase());
  return Array.from(groups ?? state.protectionGroups.values())
    .flatMap(rowsOf)
    .filter(({ target }) => members?.includes(target.state.name.toLowerCase()) ?? true);
}

export function getTargets(state: ArrayState, call: Call): Plan {
  return list(
    call,
    chosen(state, call),
    row => item(state, row),
    ({ group }) => [group],
  );
}

function wanted(state: ArrayState, call: Call): { readonly group: ProtectionGroupRecord; readonly name: string }[] {
  const groups = named(call, state.protectionGroups, GROUP_MISSING, GROUP_KEYS) ?? [];
  const names = call.query.list('member_names') ?? [];
  if (groups.length === 0 || names.length === 0) throw refuse('Missing required parameter: group_names, member_names.');
  return groups.flatMap(group => names.map(name => ({ group, name })));
}

export function postTargets(state: ArrayState, call: Call): Plan {
  const rows = checkEach(wanted(state, call), ({ group, name }) => {
    const target = state.network.find(name);
    if (target === undefined || state.network.linkBetween(state, target) === undefined) {
      throw refuse('Target array could not be found.', name);
    }
    if (group.origin !== null) throw refuse('Operation not permitted on a replicated protection group.', group.name);
    if (group.targets.some(one => one.state === target)) {
      throw refuse(`Protection group already includes ${target.name}.`, group.name);
    }
    return { group, target };
  });
  return {
    effects: [],
    commit: () => ({
      items: rows.map(({ group, target }) => {
        const record: TargetRecord = {
          state: target,
          isAllowed: false,
          replica: replicaOf(state, group, target, call),
        };
        group.targets.push(record);
        return item(state, { group, target: record });
      }),
    }),
  };
}

/** What is there from an earlier time goes on. */
function replicaOf(
  state: ArrayState,
  group: ProtectionGroupRecord,
  target: ArrayState,
  call: Call,
): ProtectionGroupRecord {
  const { pod, leaf } = splitVolumeName(group.name);
  const name = `${pod ?? state.name}:${leaf}`;
  const known = target.protectionGroups.find(name);
  if (known?.origin?.group === group) return known;
  const replica: ProtectionGroupRecord = {
    kind: 'protection-group',
    id: target.nextId(),
    name,
    createdMs: call.nowMs,
    destroyedMs: null,
    pod: null,
    volumes: new Set(),
    isRatcheted: false,
    lastSuffix: 0,
    targets: [],
    origin: { state, group, volumes: new Map() },
    plans: {},
  };
  target.enroll(replica);
  return replica;
}

/** `allowed` is the target's to say. */
export function patchTargets(state: ArrayState, call: Call): Plan {
  const { allowed } = bodyObject(call);
  if (typeof allowed !== 'boolean') throw refuse('No attribute specified.');
  if (call.query.list('group_names') === undefined && call.query.list('group_ids') === undefined) {
    throw refuse('Missing required parameter: group_names.');
  }
  const rows = checkEach(chosen(state, call), row => {
    const { group, target } = row;
    if (target.state !== state) throw refuse('Allowed must be set from the target array.', group.name);
    if (target.isAllowed && allowed) throw refuse(`Protection group is already allowed on ${state.name}.`, group.name);
    return row;
  });
  if (rows.length === 0) throw refuse('Target could not be found in the protection group.');
  return {
    effects: [],
    commit: () => {
      for (const { target } of rows) target.isAllowed = allowed;
      return { items: rows.map(row => item(state, row)) };
    },
  };
}

export function deleteTargets(state: ArrayState, call: Call): Plan {
  const rows = checkEach(wanted(state, call), ({ group, name }) => {
    const target = group.targets.find(one => one.state.name.toLowerCase() === name.toLowerCase());
    if (target === undefined) throw refuse('Target could not be found in the protection group.', name);
    return { group, target };
  });
  return {
    effects: [],
    commit: () => {
      for (const { group, target } of rows) group.targets.splice(group.targets.indexOf(target), 1);
      return NO_BODY;
    },
  };
}
