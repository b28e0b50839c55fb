import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { spaceItem, sumVolumes } from '../load-model.ts';
import { checkPlainName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { HostGroupRecord, HostRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { pathEffects } from './data-paths.ts';
import { named, targets } from '../../common/select.ts';
import { context } from './volume-items.ts';

const GROUP_MISSING = 'Host group does not exist.';

function groupItem(state: ArrayState, group: HostGroupRecord, nowMs: number): JsonObject {
  const volumes = Array.from(group.connections, ({ volume }) => volume);
  return {
    name: group.name,
    connection_count: group.connections.size,
    host_count: group.hosts.size,
    is_local: true,
    space: spaceItem(sumVolumes(volumes, nowMs)),
    destroyed: false,
    time_remaining: null,
    context: context(state),
    qos: { bandwidth_limit: null, iops_limit: null },
  };
}

export function getHostGroups(state: ArrayState, call: Call): Plan {
  const groups = named(call, state.hostGroups, GROUP_MISSING) ?? state.hostGroups.values();
  return list(call, call.query.flag('destroyed') === true ? [] : groups, group => groupItem(state, group, call.nowMs));
}

export function postHostGroups(state: ArrayState, call: Call): Plan {
  const groups = checkEach(call.query.required('names'), (name): HostGroupRecord => {
    checkPlainName('Host group', name);
    if (state.hostGroups.find(name) !== undefined) throw refuse('Host group already exists.', name);
    return { id: state.nextId(), name, createdMs: call.nowMs, hosts: new Set(), connections: new Set() };
  });
  return {
    effects: [],
    commit: () => {
      for (const group of groups) state.hostGroups.add(group);
      return { items: groups.map(group => groupItem(state, group, call.nowMs)) };
    },
  };
}

export function patchHostGroups(state: ArrayState, call: Call): Plan {
  const groups = targets(call, state.hostGroups, GROUP_MISSING);
  const { name } = bodyObject(call);
  const [first] = groups;
  if (typeof name !== 'string' || first === undefined || groups.length > 1) throw refuse('No attribute specified.');
  checkPlainName('Host group', name);
  const taken = state.hostGroups.find(name);
  if (taken !== undefined && taken !== first) throw refuse('Host group already exists.', name);
  return {
    effects: [],
    commit: () => {
      state.hostGroups.rename(first, name);
      return { items: [groupItem(state, first, call.nowMs)] };
    },
  };
}

export function deleteHostGroups(state: ArrayState, call: Call): Plan {
  const groups = checkEach(targets(call, state.hostGroups, GROUP_MISSING), group => {
    if (group.connections.size > 0)
      throw refuse('Host group cannot be deleted due to existing connections.', group.name);
    if (group.hosts.size > 0) throw refuse('Host group cannot be deleted because it is not empty.', group.name);
    return group;
  });
  return {
    effects: [],
    commit: () => {
      for (const group of groups) state.hostGroups.remove(group);
      return NO_BODY;
    },
  };
}

interface Membership {
  readonly group: HostGroupRecord;
  readonly host: HostRecord;
}

function memberships(state: ArrayState, call: Call): Membership[] {
  const groups = call.query.required('group_names').map(name => state.hostGroup(name));
  const hosts = checkEach(call.query.required('member_names'), name => state.host(name));
  return groups.flatMap(group => hosts.map(host => ({ group, host })));
}

/** `member` is the host and `group` the group, whichever way round the path reads. */
function memberItem(state: ArrayState, { group, host }: Membership): JsonObject {
  return { group: { name: group.name }, member: { name: host.name }, context: context(state) };
}

export function getMembers(state: ArrayState, call: Call): Plan {
  const groupNames = call.query.list('group_names')?.map(name => state.hostGroup(name));
  const hostNames = call.query.list('member_names')?.map(name => state.host(name));
  const rows = [...(groupNames ?? state.hostGroups.values())].flatMap(group =>
    [...group.hosts].filter(host => hostNames?.includes(host) ?? true).map(host => ({ group, host })),
  );
  return list(
    call,
    rows,
    row => memberItem(state, row),
    ({ group, host }) => [group, host],
  );
}

/** Every member sees every volume of the group, and only then. */
function memberEffects(state: ArrayState, rows: readonly Membership[], isJoin: boolean): Effect[] {
  return rows.flatMap(({ group, host }) =>
    [...group.connections].flatMap(connection => pathEffects(state, host, host, connection, isJoin)),
  );
}

export function postMembers(state: ArrayState, call: Call): Plan {
  const rows = checkEach(memberships(state, call), row => {
    if (row.host.group !== null) throw refuse('Host already belongs to a host group.', row.host.name);
    return row;
  });
  return {
    effects: memberEffects(state, rows, true),
    commit: () => {
      for (const { group, host } of rows) {
        group.hosts.add(host);
        host.group = group;
      }
      return { items: rows.map(row => memberItem(state, row)) };
    },
  };
}

export function deleteMembers(state: ArrayState, call: Call): Plan {
  const rows = checkEach(memberships(state, call), row => {
    if (row.host.group !== row.group) throw refuse('Host could not be found in the host group.', row.host.name);
    return row;
  });
  return {
    effects: memberEffects(state, rows, false),
    commit: () => {
      for (const { group, host } of rows) {
        group.hosts.delete(host);
        host.group = null;
      }
      return NO_BODY;
    },
  };
}
