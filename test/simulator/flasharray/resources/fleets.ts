import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import type { FleetRecord } from '../array-network.ts';
import { otherEnd } from '../array-network.ts';
import { list } from '../listing.ts';
import { checkPlainName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { PodRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { versionList } from './array.ts';
import { context } from './volume-items.ts';

/** A fleet key is good for an hour. */
const KEY_MS = 3_600_000;
const MISSING = 'Fleet does not exist.';

function fleetItem({ id, name }: FleetRecord): JsonObject {
  return { id, name, is_local: true };
}

function ownFleet(state: ArrayState, given: readonly string[] | undefined, ids?: readonly string[]): FleetRecord[] {
  const fleet = state.network.fleetOf(state);
  const wrong =
    given?.find(name => fleet?.name.toLowerCase() !== name.toLowerCase()) ?? ids?.find(id => fleet?.id !== id);
  if (wrong !== undefined) throw refuse(MISSING, wrong);
  return fleet === undefined ? [] : [fleet];
}

export function getFleets(state: ArrayState, call: Call): Plan {
  return list(call, ownFleet(state, call.query.list('names'), call.query.list('ids')), fleetItem);
}

export function postFleets(state: ArrayState, call: Call): Plan {
  const [name = '', ...more] = call.query.required('names');
  checkPlainName('Fleet', name);
  if (more.length > 0 || state.network.fleetOf(state) !== undefined) {
    throw refuse('The array is already a member of a fleet.', name);
  }
  if (state.network.fleets.some(fleet => fleet.name.toLowerCase() === name.toLowerCase())) {
    throw refuse('Fleet already exists.', name);
  }
  return {
    effects: [],
    commit: () => {
      const fleet: FleetRecord = { id: state.nextId(), name, members: new Set([state]), key: null };
      state.network.fleets.push(fleet);
      return { items: [fleetItem(fleet)] };
    },
  };
}

function required(state: ArrayState, call: Call): FleetRecord {
  const [fleet] = ownFleet(state, call.query.list('names'), call.query.list('ids'));
  if (fleet === undefined) throw refuse(MISSING);
  return fleet;
}

export function patchFleets(state: ArrayState, call: Call): Plan {
  const fleet = required(state, call);
  const { name } = bodyObject(call);
  if (typeof name !== 'string') throw refuse('No attribute specified.');
  checkPlainName('Fleet', name);
  return {
    effects: [],
    commit: () => {
      fleet.name = name;
      return { items: [fleetItem(fleet)] };
    },
  };
}

export function deleteFleets(state: ArrayState, call: Call): Plan {
  const fleet = required(state, call);
  if (fleet.members.size > 1) throw refuse('Fleet has other members.', fleet.name);
  return {
    effects: [],
    commit: () => {
      state.network.fleets.splice(state.network.fleets.indexOf(fleet), 1);
      return NO_BODY;
    },
  };
}

/** Shown only once, when it is made. */
function keyItem(key: NonNullable<FleetRecord['key']>, isNew: boolean): JsonObject {
  return { fleet_key: isNew ? key.text : '****', created: key.createdMs, expires: key.createdMs + KEY_MS };
}

export function getFleetKey(state: ArrayState, call: Call): Plan {
  const key = state.network.fleetOf(state)?.key ?? null;
  return list(call, key === null ? [] : [key], one => keyItem(one, false));
}

export function postFleetKey(state: ArrayState, call: Call): Plan {
  const fleet = state.network.fleetOf(state);
  if (fleet === undefined) throw refuse(MISSING);
  return {
    effects: [],
    commit: () => {
      fleet.key = { text: state.random.uuid(), createdMs: call.nowMs };
      return { items: [keyItem(fleet.key, true)] };
    },
  };
}

interface Membership {
  readonly id: string;
  readonly fleet: FleetRecord;
  readonly member: ArrayState;
}

function memberItem(state: ArrayState, { fleet, member }: Membership): JsonObject {
  const isReachable = state.network.isUp(member);
  return {
    fleet: { id: fleet.id, name: fleet.name, is_local: true, resource_type: 'fleets' },
    member: { ...member.reference, is_local: member === state, resource_type: 'remote-arrays' },
    status: 'joined',
    status_details: isReachable ? null : 'Array is not reachable.',
    coordinator_of: [],
  };
}

function membershipsOf(state: ArrayState): Membership[] {
  const fleet = state.network.fleetOf(state);
  if (fleet === undefined) return [];
  return Array.from(fleet.members, member => ({ id: member.id, fleet, member }));
}

export function getFleetMembers(state: ArrayState, call: Call): Plan {
  const names = call.query.list('member_names');
  const ids = call.query.list('member_ids');
  ownFleet(state, call.query.list('fleet_names'), call.query.list('fleet_ids'));
  const rows = membershipsOf(state).filter(
    ({ member }) => (names?.includes(member.name) ?? true) && (ids?.includes(member.id) ?? true),
  );
  return list(
    call,
    rows,
    row => memberItem(state, row),
    () => [],
  );
}

/** Called on the array that joins, with a key of the fleet. */
export function postFleetMembers(state: ArrayState, call: Call): Plan {
  const { members } = bodyObject(call);
  const [given, ...more] = Array.isArray(members) ? (members as readonly JsonObject[]) : [];
  if (!isObject(given) || more.length > 0) throw refuse('Specify one member: this array.');
  const member = isObject(given.member) ? given.member : {};
  if (member.name !== state.name && member.id !== state.id) throw refuse('An array can only join by itself.');
  if (state.network.fleetOf(state) !== undefined) throw refuse('The array is already a member of a fleet.', state.name);
  const fleet = state.network.fleets.find(({ key }) => key !== null && key.text === given.key);
  const isGood = fleet?.key !== undefined && fleet.key !== null && fleet.key.createdMs + KEY_MS > call.nowMs;
  if (fleet === undefined || !isGood) throw refuse('Invalid fleet key.');
  return {
    effects: [],
    commit: () => {
      fleet.members.add(state);
      return { items: [memberItem(state, { id: state.id, fleet, member: state })] };
    },
  };
}

export function deleteFleetMembers(state: ArrayState, call: Call): Plan {
  const names = call.query.list('member_names') ?? [];
  const ids = call.query.list('member_ids') ?? [];
  if (names.length + ids.length === 0) throw refuse('Missing required parameter: member_names.');
  const gone = checkEach([...names, ...ids], key => {
    const row = membershipsOf(state).find(({ member }) => member.name === key || member.id === key);
    if (row === undefined) throw refuse('Array is not a member of the fleet.', key);
    return row;
  });
  return {
    effects: [],
    commit: () => {
      for (const { fleet, member } of gone) fleet.members.delete(member);
      return NO_BODY;
    },
  };
}

/** Members of the fleet, itself included, and (unless only the fleet is asked for) arrays that it replicates with. */
export function getRemoteArrays(state: ArrayState, call: Call): Plan {
  const fleet = state.network.fleetOf(state);
  const linked = state.network.linksOf(state).map(link => otherEnd(link, state));
  const known = [...(fleet?.members ?? [state]), ...(call.query.flag('current_fleet_only') === true ? [] : linked)];
  const names = call.query.list('names')?.map(name => name.toLowerCase());
  const ids = call.query.list('ids');
  const rows = [...new Set(known)].filter(
    one => (names?.includes(one.name.toLowerCase()) ?? true) && (ids?.includes(one.id) ?? true),
  );
  return list(
    call,
    rows,
    one => remoteItem(state, one),
    () => [],
  );
}

function remoteItem(state: ArrayState, one: ArrayState): JsonObject {
  const fleet = state.network.fleetOf(one);
  const { version } = versionList(one);
  return {
    ...one.reference,
    api_versions: version ?? [],
    fleet: fleet === undefined ? { id: null, name: null, is_local: null } : fleetItem(fleet),
    is_local: one === state,
    model: one.conditions.model,
    os: 'Purity//FA',
    version: one.settings.purity,
    topology_group: { id: null, name: null, resource_type: null },
  };
}

interface RemotePod {
  readonly id: string;
  readonly name: string;
  readonly pod: PodRecord;
}

/** Pods of connected arrays that this one has no part in. */
export function getRemotePods(state: ArrayState, call: Call): Plan {
  const others = state.network.linksOf(state).map(link => otherEnd(link, state));
  const on = call.query.list('on');
  const rows = others
    .filter(other => on?.includes(other.name) ?? true)
    .flatMap(other => Array.from(other.pods.values(), (pod): RemotePod => ({ id: pod.id, name: pod.name, pod })))
    .filter(({ pod }) => !pod.members.some(member => member.state === state));
  return list(call, rows, ({ id, name, pod }) => ({
    id,
    name,
    arrays: pod.members.map(({ state: { reference: one } }) => one),
    members: pod.members.map(({ state: { reference: one } }) => ({ ...one, resource_type: 'remote-arrays' })),
    context: context(state),
  }));
}
