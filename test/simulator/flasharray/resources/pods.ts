import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject, NO_REFERENCE } from '../../common/json.ts';
import { list } from '../listing.ts';
import { performanceItem, spaceItem, sumVolumes, volumeIops } from '../load-model.ts';
import { checkPlainName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import { memberHealth } from '../pod-health.ts';
import type { PodMember, PodRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import type { ContainerKind } from './containers.ts';
import { checkNew, destroyChange, eradicateContainers, missingOf } from './containers.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { parseTags } from './tags.ts';
import { renameProtectionGroup, renameVolume } from './volume-changes.ts';
import { context, reference } from './volume-items.ts';

export const PODS: ContainerKind<PodRecord> = {
  kind: 'Pod',
  registryOf: state => state.pods,
  contents: (state, pod) => [
    ...volumesIn(state, pod),
    ...Array.from(state.volumeGroups.values()).filter(group => group.pod === pod),
    ...Array.from(state.protectionGroups.values()).filter(group => group.pod === pod),
  ],
};
export const POD_MISSING = missingOf(PODS);

export function volumesIn(state: ArrayState, pod: PodRecord): VolumeRecord[] {
  return Array.from(state.volumes.values()).filter(volume => volume.pod === pod);
}

function podSpace(state: ArrayState, pod: PodRecord, nowMs: number): JsonObject {
  return {
    ...spaceItem(sumVolumes(volumesIn(state, pod), nowMs)),
    shared: 0,
    replication: 0,
    replication_effective: 0,
    shared_effective: 0,
  };
}

function podItem(state: ArrayState, pod: PodRecord, nowMs: number): JsonObject {
  const space = podSpace(state, pod, nowMs);
  return {
    ...reference(pod),
    array_count: pod.members.length,
    arrays: pod.members.map(member => memberItem(member, pod, nowMs)),
    destroyed: pod.destroyedMs !== null,
    eradication_config: { manual_eradication: state.conditions.manualEradication },
    failover_preferences: pod.failoverPreferences.map(name => ({
      ...(state.network.find(name)?.reference ?? { name, id: null }),
      resource_type: 'remote-arrays',
    })),
    footprint: space.total_physical ?? 0,
    link_source_count: 0,
    link_target_count: 0,
    mediator: 'purestorage',
    mediator_version: null,
    members: pod.members.map(({ state: { reference: one } }) => ({ ...one, resource_type: 'remote-arrays' })),
    promotion_status: pod.promotion,
    requested_promotion_state: pod.promotion,
    quota_limit: pod.quotaLimit,
    source: NO_REFERENCE,
    space,
    time_remaining: state.timeRemaining(pod, nowMs),
    context: context(state),
  };
}

function memberItem(member: PodMember, pod: PodRecord, nowMs: number): JsonObject {
  const { reference: one, conditions, name } = member.state;
  const { status, progress, frozenAtMs } = memberHealth(member, nowMs);
  return {
    ...one,
    status,
    mediator_status: conditions.isMediatorReachable ? 'online' : 'unreachable',
    pre_elected: pod.members.length > 1 && pod.failoverPreferences.includes(name),
    frozen_at: frozenAtMs,
    progress,
    member: { ...one, resource_type: 'remote-arrays' },
  };
}

function chosenPods(state: ArrayState, call: Call): Iterable<PodRecord> {
  return byDestroyed(call, state.pods.values(), named(call, state.pods, POD_MISSING), POD_MISSING);
}

export function getPods(state: ArrayState, call: Call): Plan {
  const build = (pod: PodRecord): JsonObject => podItem(state, pod, call.nowMs);
  return list(call, chosenPods(state, call), build);
}

export function getPodsSpace(state: ArrayState, call: Call): Plan {
  return list(call, chosenPods(state, call), pod => ({
    ...reference(pod),
    space: podSpace(state, pod, call.nowMs),
    time: call.nowMs,
    context: context(state),
  }));
}

export function getPodsPerformance(state: ArrayState, call: Call): Plan {
  return list(call, chosenPods(state, call), pod => {
    const iops = volumesIn(state, pod).reduce((sum, volume) => sum + volumeIops(state, volume, call.nowMs), 0);
    const work = { iops, latencyUsec: 200, opBytes: 16_384 };
    return { ...reference(pod), ...performanceItem(work, call.nowMs), context: context(state) };
  });
}

function checkQuota(value: unknown, name: string): number | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'number' || value < 2 ** 20 || value % 512 !== 0) throw refuse('Invalid quota limit.', name);
  return value;
}

export function postPods(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const pods = checkEach(call.query.required('names'), (name): PodRecord => {
    checkPlainName('Pod', name);
    checkNew(PODS, state, name);
    const quotaLimit = checkQuota(body.quota_limit, name);
    const tags = parseTags(body.tags, name);
    return {
      kind: 'pod',
      id: state.nextId(),
      name,
      createdMs: call.nowMs,
      destroyedMs: null,
      members: [{ state, lostMs: null, resyncUntilMs: 0 }],
      failoverPreferences: preferencesOf(state, body) ?? [],
      quotaLimit,
      promotion: 'promoted',
      tags,
    };
  });
  return {
    effects: [],
    commit: () => {
      for (const pod of pods) state.enroll(pod);
      return { items: pods.map(pod => podItem(state, pod, call.nowMs)) };
    },
  };
}

function preferencesOf(state: ArrayState, body: JsonObject): string[] | undefined {
  const given = body.failover_preferences;
  if (!Array.isArray(given)) return undefined;
  return checkEach(given as readonly unknown[], entry => {
    const name = isObject(entry) && typeof entry.name === 'string' ? entry.name : '';
    const found = state.network.find(name);
    if (found === undefined) throw refuse('Array does not exist.', name);
    return found.name;
  });
}

export function patchPods(state: ArrayState, call: Call): Plan {
  const pods = targets(call, state.pods, POD_MISSING);
  const body = bodyObject(call);
  const { destroyed, name, quota_limit: quota, requested_promotion_state: promotion } = body;
  const preferences = preferencesOf(state, body);
  if ([destroyed, name, quota, promotion, preferences].every(value => value === undefined)) {
    throw refuse('No attribute specified.');
  }
  if (destroyed === true) checkEach(pods, refuseStretched);
  if (destroyed !== undefined && name !== undefined) throw refuse('Invalid combination of parameters specified.');
  if (typeof name === 'string') checkRename(state, pods, name);
  const change = typeof destroyed === 'boolean' ? destroyChange(PODS, state, call, pods, destroyed) : undefined;
  const limits = checkEach(pods, pod => (quota === undefined ? pod.quotaLimit : checkQuota(quota, pod.name)));
  return {
    effects: [],
    commit: () => {
      change?.();
      for (const [index, pod] of pods.entries()) {
        pod.quotaLimit = limits[index] ?? null;
        if (preferences !== undefined) pod.failoverPreferences = preferences;
        if (promotion === 'promoted' || promotion === 'demoted') pod.promotion = promotion;
        if (typeof name === 'string') renamePod(state, pod, name);
      }
      return { items: pods.map(pod => podItem(state, pod, call.nowMs)) };
    },
  };
}

function refuseStretched(pod: PodRecord): void {
  if (pod.members.length > 1) throw refuse('Cannot destroy a stretched pod: unstretch it first.', pod.name);
}

function checkRename(state: ArrayState, pods: readonly PodRecord[], name: string): void {
  checkPlainName('Pod', name);
  const taken = state.pods.find(name);
  if (pods.length > 1 || (taken !== undefined && taken !== pods[0])) throw refuse('Pod already exists.', name);
}

function renamePod(state: ArrayState, pod: PodRecord, name: string): void {
  const renamed = (old: string): string => `${name}${old.slice(pod.name.length)}`;
  for (const volume of volumesIn(state, pod)) renameVolume(state, volume, renamed(volume.name));
  for (const item of PODS.contents(state, pod)) {
    if (item.kind === 'volume-group') state.rename(item, renamed(item.name));
    if (item.kind === 'protection-group') renameProtectionGroup(state, item, renamed(item.name));
  }
  state.rename(pod, name);
}

export function deletePods(state: ArrayState, call: Call): Plan {
  return eradicateContainers(PODS, state, call);
}
