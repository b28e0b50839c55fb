import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named } from '../../common/select.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { NO_BODY } from '../plan.ts';
import { RESYNC_MS } from '../pod-health.ts';
import type { AnyDestroyable, ConnectionRecord, PodRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { pathEffects } from './data-paths.ts';
import { POD_MISSING, PODS } from './pods.ts';
import { context, reference } from './volume-items.ts';

/** ActiveCluster stretches a pod over two arrays. */
const MAX_ARRAYS = 2;

interface Membership {
  readonly pod: PodRecord;
  readonly member: ArrayState;
}

/** `pods/arrays` calls a pod `group`; `pods/members` (2.36) calls it `pod`. */
function parametersOf({ operation }: Call): { readonly names: string; readonly ids: string; readonly key: string } {
  return operation.name.endsWith('pods/members')
    ? { names: 'pod_names', ids: 'pod_ids', key: 'pod' }
    : { names: 'group_names', ids: 'group_ids', key: 'group' };
}

function item(state: ArrayState, call: Call, { pod, member }: Membership): JsonObject {
  const isNew = parametersOf(call).key === 'pod';
  return {
    [parametersOf(call).key]: { ...reference(pod), ...(isNew ? { resource_type: 'pods' } : {}) },
    member: { ...member.reference, ...(isNew ? { resource_type: 'remote-arrays' } : {}) },
    context: context(state),
  };
}

export function getPodArrays(state: ArrayState, call: Call): Plan {
  const pods = named(call, state.pods, POD_MISSING, parametersOf(call)) ?? state.pods.values();
  const members = call.query.list('member_names')?.map(name => name.toLowerCase());
  const rows = Array.from(pods).flatMap(pod =>
    pod.members
      .filter(({ state: { name } }) => members?.includes(name.toLowerCase()) ?? true)
      .map(({ state: member }) => ({ pod, member })),
  );
  return list(
    call,
    rows,
    row => item(state, call, row),
    ({ pod }) => [pod],
  );
}

function memberships(state: ArrayState, call: Call): Membership[] {
  const pods = named(call, state.pods, POD_MISSING, parametersOf(call)) ?? [];
  const names = call.query.list('member_names') ?? [];
  if (pods.length === 0 || names.length === 0) {
    throw refuse(`Missing required parameter: ${parametersOf(call).names}, member_names.`);
  }
  return pods.flatMap(pod =>
    checkEach(names, name => {
      const member = state.network.find(name);
      if (member === undefined) throw refuse('Target array could not be found.', name);
      return { pod, member };
    }),
  );
}

function contentsOf(state: ArrayState, pod: PodRecord): AnyDestroyable[] {
  const inside = PODS.contents(state, pod);
  const volumes = new Set<AnyDestroyable>(inside);
  const snapshots = Array.from(state.snapshots.values()).filter(({ volume }) => volumes.has(volume));
  const groupSnapshots = Array.from(state.groupSnapshots.values()).filter(({ group }) => volumes.has(group));
  return [pod, ...inside, ...snapshots, ...groupSnapshots];
}

function checkStretch(state: ArrayState, { pod, member }: Membership): void {
  if (pod.destroyedMs !== null) throw refuse('Pod has been destroyed.', pod.name);
  if (pod.members.some(one => one.state === member)) throw refuse('Pod already includes the array.', pod.name);
  if (pod.members.length >= MAX_ARRAYS) throw refuse('Pod stretch limit reached.', pod.name);
  if (state.network.linkBetween(state, member)?.type !== 'sync-replication') {
    throw refuse('Array is not connected for synchronous replication.', member.name);
  }
  if (!state.network.canTalk(state, member)) throw refuse('Remote array is not reachable.', member.name);
  if (member.pods.find(pod.name) !== undefined) throw refuse('Pod already exists.', pod.name);
}

/** The other array gets the same records: what one changes, both show. */
export function postPodArrays(state: ArrayState, call: Call): Plan {
  const rows = checkEach(memberships(state, call), row => {
    checkStretch(state, row);
    return row;
  });
  return {
    effects: [],
    commit: () => {
      for (const { pod, member } of rows) {
        for (const one of contentsOf(state, pod)) {
          member.registryOf(one.kind).add(one);
          if (one.destroyedMs !== null) member.destroyed.add(one);
        }
        const defaults = state.defaultProtection.get(pod.id);
        if (defaults !== undefined) member.defaultProtection.set(pod.id, defaults);
        pod.members.push({ state: member, lostMs: null, resyncUntilMs: call.nowMs + RESYNC_MS });
      }
      return { items: rows.map(row => item(state, call, row)) };
    },
  };
}

export function deletePodArrays(state: ArrayState, call: Call): Plan {
  const isForced = call.query.flag('with_unknown') === true;
  const rows = checkEach(memberships(state, call), row => {
    const { pod, member } = row;
    if (!pod.members.some(one => one.state === member)) throw refuse('Pod is not stretched to the array.', member.name);
    if (pod.members.length === 1) throw refuse('Cannot remove the only array of a pod.', pod.name);
    const others = pod.members.filter(one => one.state !== member);
    if (!isForced && others.some(({ lostMs }) => lostMs !== null)) {
      throw refuse('The other array of the pod is not online.', pod.name);
    }
    return row;
  });
  const paths = rows.flatMap(row => pathsThrough(row));
  return {
    effects: paths.flatMap(({ member, connection }) => {
      const hosts = connection.host === null ? [...(connection.group?.hosts ?? [])] : [connection.host];
      return hosts.flatMap(host => pathEffects(member, host, host, connection, false));
    }),
    commit: () => {
      for (const { member, connection } of paths) {
        member.connections.delete(connection);
        connection.volume.connections.delete(connection);
        (connection.host ?? connection.group)?.connections.delete(connection);
      }
      for (const row of rows) collapse(state, row, call.nowMs);
      return NO_BODY;
    },
  };
}

function pathsThrough({
  pod,
  member,
}: Membership): { readonly member: ArrayState; readonly connection: ConnectionRecord }[] {
  return [...member.connections].filter(({ volume }) => volume.pod === pod).map(connection => ({ member, connection }));
}

/** On the array that leaves, a destroyed pod of the name `….restretch` stays behind. */
function collapse(state: ArrayState, { pod, member }: Membership, nowMs: number): void {
  for (const one of contentsOf(member, pod)) {
    member.registryOf(one.kind).remove(one);
    member.destroyed.delete(one);
  }
  member.defaultProtection.delete(pod.id);
  pod.members = pod.members.filter(one => one.state !== member);
  const left: PodRecord = {
    ...pod,
    id: state.nextId(),
    name: `${pod.name}.restretch`,
    members: [{ state: member, lostMs: null, resyncUntilMs: 0 }],
    tags: [],
  };
  member.enroll(left);
  member.destroy(left, nowMs);
}
