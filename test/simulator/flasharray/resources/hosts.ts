import { checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { performanceItem, spaceItem, sumVolumes, volumeIops } from '../load-model.ts';
import { checkPlainName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { Chap, ConnectionRecord, HostRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { pathEffects } from './data-paths.ts';
import { named, targets } from '../../common/select.ts';
import { parseTags } from './tags.ts';
import { context } from './volume-items.ts';

export const HOST_MISSING = 'Host does not exist.';
const MASK = '****';
type Initiators = Pick<HostRecord, 'iqns' | 'nqns' | 'wwns'>;
const KINDS = ['iqns', 'nqns', 'wwns'] as const;

/** Private connections and those of its group. */
export function* connectionsOf(host: HostRecord): Iterable<ConnectionRecord> {
  yield* host.connections;
  if (host.group !== null) yield* host.group.connections;
}

function volumesOf(host: HostRecord): VolumeRecord[] {
  return Array.from(connectionsOf(host), ({ volume }) => volume);
}

function hostItem(state: ArrayState, host: HostRecord, nowMs: number): JsonObject {
  const initiators = host.iqns.length + host.nqns.length + host.wwns.length;
  const volumes = volumesOf(host);
  return {
    name: host.name,
    chap: {
      host_password: host.chap.hostPassword === null ? null : MASK,
      host_user: host.chap.hostUser,
      target_password: host.chap.targetPassword === null ? null : MASK,
      target_user: host.chap.targetUser,
    },
    connection_count: volumes.length,
    host_group: { name: host.group?.name ?? null },
    iqns: host.iqns,
    nqns: host.nqns,
    wwns: host.wwns,
    is_local: true,
    personality: host.personality,
    port_connectivity:
      initiators === 0 ? { status: 'critical', details: 'None' } : { status: 'healthy', details: 'Redundant' },
    preferred_arrays: [],
    space: spaceItem(sumVolumes(volumes, nowMs)),
    vlan: host.vlan,
    destroyed: false,
    time_remaining: null,
    context: context(state),
    nvme_stretch: null,
    qos: { bandwidth_limit: null, iops_limit: null },
  };
}

export function getHosts(state: ArrayState, call: Call): Plan {
  const hosts = named(call, state.hosts, HOST_MISSING) ?? state.hosts.values();
  const live = call.query.flag('destroyed') === true ? [] : hosts;
  return list(call, live, host => hostItem(state, host, call.nowMs));
}

export function getHostsSpace(state: ArrayState, call: Call): Plan {
  const hosts = named(call, state.hosts, HOST_MISSING) ?? state.hosts.values();
  return list(call, hosts, host => ({
    name: host.name,
    space: spaceItem(sumVolumes(volumesOf(host), call.nowMs)),
    time: call.nowMs,
    context: context(state),
  }));
}

export function getHostsPerformance(state: ArrayState, call: Call): Plan {
  const hosts = named(call, state.hosts, HOST_MISSING) ?? state.hosts.values();
  return list(call, hosts, host => {
    const iops = volumesOf(host).reduce((sum, volume) => sum + volumeIops(state, volume, call.nowMs), 0);
    const work = { iops, latencyUsec: 200, opBytes: 16_384 };
    return { name: host.name, ...performanceItem(work, call.nowMs), context: context(state) };
  });
}

function texts(value: Json | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly Json[]).filter(entry => typeof entry === 'string') : [];
}

function bareWwn(wwn: string): string {
  return wwn.replaceAll(':', '').toUpperCase();
}

/** The three lists after a call: `iqns` replaces, `add_iqns` and `remove_iqns` change. */
function initiatorsAfter(body: JsonObject, old: Initiators): Initiators {
  const after = (kind: (typeof KINDS)[number]): string[] => {
    const normal = kind === 'wwns' ? bareWwn : (text: string): string => text;
    const removed = (texts(body[`remove_${kind}`]) ?? []).map(text => normal(text).toLowerCase());
    const kept = (texts(body[kind])?.map(normal) ?? old[kind]).filter(text => !removed.includes(text.toLowerCase()));
    const added = (texts(body[`add_${kind}`]) ?? []).map(normal);
    return [...kept, ...added.filter(text => !kept.includes(text))];
  };
  return { iqns: after('iqns'), nqns: after('nqns'), wwns: after('wwns') };
}

function checkInitiators(state: ArrayState, host: HostRecord, given: Initiators): void {
  const all = KINDS.flatMap(kind => given[kind]);
  for (const iqn of given.iqns) {
    if (!/^(iqn\.\d{4}-\d{2}\.|eui\.|naa\.)\S+$/i.test(iqn)) throw refuse('Invalid IQN.', iqn);
  }
  for (const nqn of given.nqns) {
    if (!/^nqn\.\d{4}-\d{2}\.\S+$/i.test(nqn) || nqn.length > 223) throw refuse('Invalid NQN.', nqn);
  }
  for (const wwn of given.wwns) {
    if (!/^[0-9A-F]{16}$/.test(wwn)) throw refuse('Invalid WWN.', wwn);
  }
  if (given.nqns.length > 0 && all.length > given.nqns.length) {
    throw refuse('A host with NQNs must not have IQNs or WWNs.', host.name);
  }
  for (const initiator of all) {
    const owner = state.initiators.get(initiator.toLowerCase());
    if (owner !== undefined && owner !== host) {
      throw refuse(`The specified initiator is already in use by host ${owner.name}.`, initiator);
    }
  }
}

function commitInitiators(state: ArrayState, host: HostRecord, given: Initiators): void {
  for (const kind of KINDS) {
    for (const initiator of host[kind]) state.initiators.delete(initiator.toLowerCase());
    host[kind] = given[kind];
  }
  for (const kind of KINDS) for (const initiator of host[kind]) state.initiators.set(initiator.toLowerCase(), host);
}

function checkChap(body: JsonObject, host: HostRecord): Chap {
  const given = body.chap;
  if (!isObject(given)) return { ...host.chap };
  const after = (key: string, old: string | null): string | null => {
    const value = given[key];
    return typeof value === 'string' ? (value === '' ? null : value) : old;
  };
  const chap: Chap = {
    hostUser: after('host_user', host.chap.hostUser),
    hostPassword: after('host_password', host.chap.hostPassword),
    targetUser: after('target_user', host.chap.targetUser),
    targetPassword: after('target_password', host.chap.targetPassword),
  };
  for (const password of [chap.hostPassword, chap.targetPassword]) {
    if (password !== null && (password.length < 12 || password.length > 255)) {
      throw refuse('CHAP password must be between 12 and 255 characters in length.', host.name);
    }
  }
  if (chap.hostPassword !== null && chap.hostPassword === chap.targetPassword) {
    throw refuse('CHAP host and target passwords must not be the same.', host.name);
  }
  return chap;
}

const NO_INITIATORS: Initiators = { iqns: [], nqns: [], wwns: [] };

export function postHosts(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const fresh = checkEach(call.query.required('names'), name => {
    checkPlainName('Host', name);
    if (state.hosts.find(name) !== undefined) throw refuse('Host already exists.', name);
    const host: HostRecord = {
      id: state.nextId(),
      name,
      createdMs: call.nowMs,
      ...NO_INITIATORS,
      personality: typeof body.personality === 'string' ? body.personality : null,
      vlan: typeof body.vlan === 'string' ? body.vlan : null,
      chap: { hostUser: null, hostPassword: null, targetUser: null, targetPassword: null },
      group: null,
      connections: new Set(),
      tags: parseTags(body.tags, name),
    };
    const initiators = initiatorsAfter(body, NO_INITIATORS);
    checkInitiators(state, host, initiators);
    return { host, initiators, chap: checkChap(body, host) };
  });
  return {
    effects: [],
    commit: () => {
      for (const { host, initiators, chap } of fresh) {
        state.hosts.add(host);
        Object.assign(host.chap, chap);
        commitInitiators(state, host, initiators);
      }
      return { items: fresh.map(({ host }) => hostItem(state, host, call.nowMs)) };
    },
  };
}

export function patchHosts(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const hosts = targets(call, state.hosts, HOST_MISSING);
  if (Object.keys(body).length === 0) throw refuse('No attribute specified.');
  const changes = checkEach(hosts, host => {
    const name = typeof body.name === 'string' ? body.name : host.name;
    checkPlainName('Host', name);
    const taken = state.hosts.find(name);
    if (taken !== undefined && taken !== host) throw refuse('Host already exists.', name);
    const initiators = initiatorsAfter(body, host);
    checkInitiators(state, host, initiators);
    return { host, name, initiators, chap: checkChap(body, host), group: groupAfter(state, body, host) };
  });
  return {
    effects: changes.flatMap(({ host, initiators, chap }) => initiatorEffects(state, host, initiators, chap)),
    commit: () => {
      for (const { host, name, initiators, chap, group } of changes) {
        if (name !== host.name) state.hosts.rename(host, name);
        if (typeof body.personality === 'string') host.personality = body.personality === '' ? null : body.personality;
        if (typeof body.vlan === 'string') host.vlan = body.vlan;
        Object.assign(host.chap, chap);
        commitInitiators(state, host, initiators);
        host.group?.hosts.delete(host);
        host.group = group;
        group?.hosts.add(host);
      }
      return { items: hosts.map(host => hostItem(state, host, call.nowMs)) };
    },
  };
}

function groupAfter(state: ArrayState, body: JsonObject, host: HostRecord): HostRecord['group'] {
  if (!isObject(body.host_group)) return host.group;
  const name = body.host_group.name;
  return typeof name === 'string' && name !== '' ? state.hostGroup(name) : null;
}

/** Initiators that come see what the host is connected to; those that go no longer do. New CHAP holds for all. */
function initiatorEffects(state: ArrayState, host: HostRecord, after: Initiators, chap: Chap): Effect[] {
  const isSameChap = KEYS_OF_CHAP.every(key => chap[key] === host.chap[key]);
  const added = isSameChap ? without(after, host) : after;
  const removed = without(host, after);
  return Array.from(connectionsOf(host)).flatMap(connection => [
    ...pathEffects(state, { chap }, added, connection, true),
    ...pathEffects(state, host, removed, connection, false),
  ]);
}

const KEYS_OF_CHAP = ['hostUser', 'hostPassword', 'targetUser', 'targetPassword'] as const;

function without(all: Initiators, gone: Initiators): Initiators {
  const left = (kind: (typeof KINDS)[number]): string[] => {
    const lower = gone[kind].map(text => text.toLowerCase());
    return all[kind].filter(text => !lower.includes(text.toLowerCase()));
  };
  return { iqns: left('iqns'), nqns: left('nqns'), wwns: left('wwns') };
}

export function deleteHosts(state: ArrayState, call: Call): Plan {
  const hosts = checkEach(targets(call, state.hosts, HOST_MISSING), host => {
    if (host.connections.size > 0) throw refuse('Host cannot be deleted due to existing connections.', host.name);
    if (host.group !== null) throw refuse('Host cannot be deleted because it belongs to a host group.', host.name);
    return host;
  });
  return {
    effects: [],
    commit: () => {
      for (const host of hosts) {
        commitInitiators(state, host, NO_INITIATORS);
        state.hosts.remove(host);
      }
      return NO_BODY;
    },
  };
}
