import { checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject, NO_REFERENCE } from '../../common/json.ts';
import { list } from '../listing.ts';
import { spaceItem, sumVolumes } from '../load-model.ts';
import { checkPlainName, splitVolumeName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ProtectionGroupRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { VOLUME_MISSING } from '../state.ts';
import type { ContainerKind } from './containers.ts';
import { checkNew, destroyChange, eradicateContainers, missingOf } from './containers.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { context, reference } from './volume-items.ts';
import { renameProtectionGroup } from './volume-changes.ts';
import { livePod } from './volumes.ts';

const GROUPS: ContainerKind<ProtectionGroupRecord> = {
  kind: 'Protection group',
  registryOf: state => state.protectionGroups,
  contents: () => [],
};
export const GROUP_MISSING = missingOf(GROUPS);

const RETENTION = { all_for_sec: 86_400, days: 7, per_day: 4, per_period: null, period_length_ms: null };

function groupItem(state: ArrayState, group: ProtectionGroupRecord, nowMs: number): JsonObject {
  return {
    ...reference(group),
    destroyed: group.destroyedMs !== null,
    eradication_config: { manual_eradication: state.conditions.manualEradication },
    host_count: 0,
    host_group_count: 0,
    is_local: group.origin === null,
    pod: reference(group.pod),
    replication_schedule: { at: null, blackout: null, enabled: false, frequency: 14_400_000 },
    retention_lock: group.isRatcheted ? 'ratcheted' : 'unlocked',
    snapshot_schedule: { at: null, enabled: false, frequency: 3_600_000 },
    source: group.origin === null ? sourceOf(state, group) : sourceOf(group.origin.state, group.origin.group),
    source_retention: RETENTION,
    space: spaceItem(sumVolumes(group.volumes, nowMs)),
    target_count: group.targets.length,
    target_retention: RETENTION,
    time_remaining: state.timeRemaining(group, nowMs),
    volume_count: group.origin?.group.volumes.size ?? group.volumes.size,
    ...group.plans,
    context: context(state),
    workload: { ...NO_REFERENCE, resource_type: null, configuration: null },
  };
}

/** Pods are the source of the groups inside them. */
function sourceOf(state: ArrayState, { pod }: ProtectionGroupRecord): JsonObject {
  return pod === null ? state.reference : reference(pod);
}

/** Schedules and retention are kept as given; a part that is not given stays. */
const PLANS = ['replication_schedule', 'snapshot_schedule', 'source_retention', 'target_retention'] as const;

function plansAfter(group: ProtectionGroupRecord, item: JsonObject, body: JsonObject): JsonObject {
  const given = PLANS.filter(key => isObject(body[key]));
  const merged = given.map(key => [key, { ...part(item[key]), ...part(body[key]) }]);
  return { ...group.plans, ...(Object.fromEntries(merged) as JsonObject) };
}

function part(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function getProtectionGroups(state: ArrayState, call: Call): Plan {
  const chosen = named(call, state.protectionGroups, GROUP_MISSING);
  const groups = byDestroyed(call, state.protectionGroups.values(), chosen, GROUP_MISSING);
  return list(call, groups, group => groupItem(state, group, call.nowMs));
}

export function postProtectionGroups(state: ArrayState, call: Call): Plan {
  const groups = checkEach(call.query.required('names'), (name): ProtectionGroupRecord => {
    const { pod, leaf } = splitVolumeName(name);
    checkPlainName('Protection group', leaf);
    checkNew(GROUPS, state, name);
    return {
      kind: 'protection-group',
      id: state.nextId(),
      name,
      createdMs: call.nowMs,
      destroyedMs: null,
      pod: pod === null ? null : livePod(state, pod),
      volumes: new Set(),
      isRatcheted: false,
      lastSuffix: 0,
      targets: [],
      origin: null,
      plans: {},
    };
  });
  return {
    effects: [],
    commit: () => {
      for (const group of groups) state.enroll(group);
      return { items: groups.map(group => groupItem(state, group, call.nowMs)) };
    },
  };
}

export function patchProtectionGroups(state: ArrayState, call: Call): Plan {
  const groups = targets(call, state.protectionGroups, GROUP_MISSING);
  const body = bodyObject(call);
  const { destroyed, name, retention_lock: lock } = body;
  if (Object.keys(body).length === 0) throw refuse('No attribute specified.');
  if (typeof name === 'string') checkNew(GROUPS, state, name);
  checkEach(groups, group => {
    if (group.origin !== null && (typeof name === 'string' || lock !== undefined)) {
      throw refuse('Operation not permitted on a replicated protection group.', group.name);
    }
    if (group.isRatcheted && (lock === 'unlocked' || destroyed === true)) {
      throw refuse('Operation not permitted: the retention lock is ratcheted.', group.name);
    }
  });
  const change = typeof destroyed === 'boolean' ? destroyChange(GROUPS, state, call, groups, destroyed) : undefined;
  return {
    effects: [],
    commit: () => {
      change?.();
      for (const group of groups) {
        if (lock === 'ratcheted') group.isRatcheted = true;
        group.plans = plansAfter(group, groupItem(state, group, call.nowMs), body);
        if (typeof name === 'string') renameProtectionGroup(state, group, name);
      }
      return { items: groups.map(group => groupItem(state, group, call.nowMs)) };
    },
  };
}

export function deleteProtectionGroups(state: ArrayState, call: Call): Plan {
  return eradicateContainers(GROUPS, state, call);
}

interface Membership {
  readonly group: ProtectionGroupRecord;
  readonly volume: VolumeRecord;
}
const GROUP_KEYS = { names: 'group_names', ids: 'group_ids' };
const MEMBER_KEYS = { names: 'member_names', ids: 'member_ids' };

function memberItem(state: ArrayState, { group, volume }: Membership): JsonObject {
  const member = { ...reference(volume), destroyed: volume.destroyedMs !== null };
  return { group: reference(group), member, context: context(state) };
}

export function getGroupVolumes(state: ArrayState, call: Call): Plan {
  const groups = named(call, state.protectionGroups, GROUP_MISSING, GROUP_KEYS);
  const members = named(call, state.volumes, VOLUME_MISSING, MEMBER_KEYS);
  const rows = Array.from(groups ?? state.protectionGroups.values()).flatMap(group =>
    [...group.volumes].filter(volume => members?.includes(volume) ?? true).map(volume => ({ group, volume })),
  );
  return list(
    call,
    rows,
    row => memberItem(state, row),
    ({ group, volume }) => [group, volume],
  );
}

function memberships(state: ArrayState, call: Call): Membership[] {
  const groups = named(call, state.protectionGroups, GROUP_MISSING, GROUP_KEYS) ?? [];
  const members = named(call, state.volumes, VOLUME_MISSING, MEMBER_KEYS) ?? [];
  if (groups.length === 0 || members.length === 0)
    throw refuse('Missing required parameter: group_names, member_names.');
  return groups.flatMap(group => members.map(volume => ({ group, volume })));
}

export function postGroupVolumes(state: ArrayState, call: Call): Plan {
  const rows = checkEach(memberships(state, call), row => {
    const { group, volume } = row;
    if (group.volumes.has(volume)) throw refuse('Volume already belongs to the protection group.', volume.name);
    if (group.pod !== volume.pod) throw refuse('Volume and protection group are not in the same pod.', volume.name);
    return row;
  });
  return {
    effects: [],
    commit: () => {
      for (const { group, volume } of rows) {
        group.volumes.add(volume);
        volume.protectionGroups.add(group);
      }
      return { items: rows.map(row => memberItem(state, row)) };
    },
  };
}

export function deleteGroupVolumes(state: ArrayState, call: Call): Plan {
  const rows = checkEach(memberships(state, call), row => {
    if (!row.group.volumes.has(row.volume))
      throw refuse('Volume could not be found in the protection group.', row.volume.name);
    return row;
  });
  return {
    effects: [],
    commit: () => {
      for (const { group, volume } of rows) {
        group.volumes.delete(volume);
        volume.protectionGroups.delete(group);
      }
      return NO_BODY;
    },
  };
}

export function getDefaultProtections(state: ArrayState, call: Call): Plan {
  return list(call, defaultContainers(state, call), container => defaultItem(state, container));
}

interface DefaultContainer {
  readonly name: string;
  readonly id: string;
  /** In `defaultProtection`: '' for the array itself. */
  readonly key: string;
}

/** The array itself (its name is empty there) and each pod. */
function defaultContainers(state: ArrayState, call: Call): DefaultContainer[] {
  const pods = Array.from(state.pods.values(), ({ name, id }) => ({ name, id, key: id }));
  const all = [{ name: '', id: state.settings.id, key: '' }, ...pods];
  const names = call.query.list('names');
  return names === undefined ? all : all.filter(({ name }) => names.includes(name));
}

function defaultItem(state: ArrayState, { name, id, key }: DefaultContainer): JsonObject {
  const groups = state.defaultProtection.get(key) ?? [];
  return {
    name,
    id,
    type: key === '' ? 'array' : 'pod',
    default_protections: groups.map(group => ({
      name: group,
      id: state.protectionGroups.find(group)?.id ?? null,
      type: 'protection_group',
    })),
    context: context(state),
  };
}

export function patchDefaultProtections(state: ArrayState, call: Call): Plan {
  const containers = defaultContainers(state, call);
  const given = bodyObject(call).default_protections;
  const names = checkEach(Array.isArray(given) ? (given as readonly JsonObject[]) : [], entry => {
    const name = isObject(entry) && typeof entry.name === 'string' ? entry.name : '';
    return state.protectionGroup(name).name;
  });
  return {
    effects: [],
    commit: () => {
      for (const { key } of containers) state.defaultProtection.set(key, names);
      return { items: containers.map(container => defaultItem(state, container)) };
    },
  };
}
