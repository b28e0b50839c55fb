import { checkEach, refuse } from '../../common/api-error.ts';
import { hashText, Seeded } from '../../common/seeded.ts';
import type { JsonObject } from '../../common/json.ts';
import type { ArrayLink } from '../array-network.ts';
import { otherEnd } from '../array-network.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

const REPLICATION_PORT = '8117';
const MISSING = 'Array connection does not exist.';

/** Documentation addresses, one pair for each array. */
function addressOf(state: ArrayState, kind: 'management' | 'replication'): string {
  const [network, shift] = kind === 'management' ? ['192.0.2', 0] : ['198.51.100', 8];
  return `${network}.${1 + ((hashText(state.id) >>> shift) % 250)}`;
}

/** As the array itself tells it: whoever knows it may connect. */
function keyOf(state: ArrayState): string {
  return new Seeded(hashText(`connection/${state.id}`)).uuid();
}

function common(state: ArrayState, link: ArrayLink): JsonObject {
  const remote = otherEnd(link, state);
  return {
    id: link.id,
    name: remote.name,
    remote: { ...remote.reference, resource_type: 'remote-arrays' },
    replication_transport: 'ip',
    encryption: 'unencrypted',
    encryption_mode: null,
    type: link.type,
    context: context(state),
  };
}

function item(state: ArrayState, link: ArrayLink): JsonObject {
  const remote = otherEnd(link, state);
  return {
    ...common(state, link),
    management_address: addressOf(remote, 'management'),
    replication_addresses: [addressOf(remote, 'replication')],
    os: 'Purity//FA',
    version: remote.settings.purity,
    status: state.network.canTalk(state, remote) ? 'connected' : 'connecting',
    throttle: { default_limit: null, window: { start: null, end: null }, window_limit: null },
  };
}

function chosen(state: ArrayState, call: Call): ArrayLink[] {
  const all = state.network.linksOf(state);
  const pick = (parameter: string, key: (link: ArrayLink) => string): ArrayLink[] | undefined => {
    const given = call.query.list(parameter);
    if (given === undefined) return undefined;
    return checkEach(given, value => {
      const link = all.find(one => key(one).toLowerCase() === value.toLowerCase());
      if (link === undefined) throw refuse(MISSING, value);
      return link;
    });
  };
  const remoteName = (link: ArrayLink): string => otherEnd(link, state).name;
  return (
    pick('names', remoteName) ??
    pick('ids', ({ id }) => id) ??
    pick('remote_names', remoteName) ??
    pick('remote_ids', link => otherEnd(link, state).id) ??
    all
  );
}

export function getArrayConnections(state: ArrayState, call: Call): Plan {
  return list(call, chosen(state, call), link => item(state, link));
}

export function getConnectionPaths(state: ArrayState, call: Call): Plan {
  return list(call, chosen(state, call), link => {
    const remote = otherEnd(link, state);
    const isConnected = state.network.canTalk(state, remote);
    return {
      ...common(state, link),
      local_address: addressOf(state, 'replication'),
      local_port: REPLICATION_PORT,
      remote_address: addressOf(remote, 'replication'),
      remote_port: REPLICATION_PORT,
      status: isConnected ? 'connected' : 'connecting',
      status_details: isConnected ? null : 'No route to the remote array.',
    };
  });
}

export function getConnectionKey(state: ArrayState, call: Call): Plan {
  return list(call, [state], () => ({ connection_key: keyOf(state), context: context(state) }));
}

function typeOf(value: unknown): ArrayLink['type'] {
  if (value === 'async-replication' || value === 'sync-replication') return value;
  throw refuse('Invalid value for property: type.', JSON.stringify(value ?? null));
}

export function postArrayConnections(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const type = typeOf(body.type);
  if (typeof body.management_address !== 'string') throw refuse('Missing required property: management_address.');
  const remote = [...state.network.arrays()].find(one => one !== state && keyOf(one) === body.connection_key);
  if (remote === undefined) throw refuse('Invalid connection key.', body.management_address);
  if (!state.network.isUp(remote)) throw refuse('Remote array is not reachable.', body.management_address);
  if (state.network.linkBetween(state, remote) !== undefined) throw refuse('Array is already connected.', remote.name);
  return {
    effects: [],
    commit: () => ({ items: [item(state, state.network.link(state, remote, type))] }),
  };
}

export function patchArrayConnections(state: ArrayState, call: Call): Plan {
  const links = chosen(state, call);
  const body = bodyObject(call);
  const type = body.type === undefined ? undefined : typeOf(body.type);
  if (type === 'async-replication') checkEach(links, link => refuseInUse(state, link, false));
  return {
    effects: [],
    commit: () => {
      for (const link of links) if (type !== undefined) link.type = type;
      return { items: links.map(link => item(state, link)) };
    },
  };
}

/** Stretched pods need it; targets of protection groups, too, unless it only changes its type. */
function refuseInUse(state: ArrayState, link: ArrayLink, isEnd: boolean): void {
  const remote = otherEnd(link, state);
  const pod = Array.from(state.pods.values()).find(({ members }) => members.some(one => one.state === remote));
  if (pod !== undefined) throw refuse('Array connection is in use by a stretched pod.', pod.name);
  const groups = [...state.protectionGroups.values(), ...remote.protectionGroups.values()];
  const group = groups.find(({ targets }) => targets.some(target => link.ends.includes(target.state)));
  if (isEnd && group !== undefined) throw refuse('Array connection is in use by a protection group.', group.name);
}

export function deleteArrayConnections(state: ArrayState, call: Call): Plan {
  if (!call.query.has('names') && !call.query.has('ids')) throw refuse('Missing required parameter: names.');
  const links = chosen(state, call);
  checkEach(links, link => refuseInUse(state, link, true));
  return {
    effects: [],
    commit: () => {
      for (const link of links) state.network.links.splice(state.network.links.indexOf(link), 1);
      return NO_BODY;
    },
  };
}
