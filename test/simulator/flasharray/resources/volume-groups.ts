import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { spaceItem, sumVolumes } from '../load-model.ts';
import { checkPlainName, splitVolumeName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type { VolumeGroupRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { VOLUME_MISSING } from '../state.ts';
import type { ContainerKind } from './containers.ts';
import { checkNew, destroyChange, eradicateContainers, missingOf } from './containers.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { renameVolume } from './volume-changes.ts';
import { context, reference } from './volume-items.ts';
import { checkQos, livePod } from './volumes.ts';

const GROUPS: ContainerKind<VolumeGroupRecord> = {
  kind: 'Volume group',
  registryOf: state => state.volumeGroups,
  contents: volumesIn,
};
export const VOLUME_GROUP_MISSING = missingOf(GROUPS);

export function volumesIn(state: ArrayState, group: VolumeGroupRecord): VolumeRecord[] {
  return Array.from(state.volumes.values()).filter(volume => volume.group === group);
}

function groupItem(state: ArrayState, group: VolumeGroupRecord, nowMs: number): JsonObject {
  const volumes = volumesIn(state, group);
  return {
    ...reference(group),
    destroyed: group.destroyedMs !== null,
    pod: reference(group.pod),
    priority_adjustment: { priority_adjustment_operator: '+', priority_adjustment_value: 0 },
    qos: { bandwidth_limit: group.qos.bandwidth, iops_limit: group.qos.iops },
    space: spaceItem(sumVolumes(volumes, nowMs)),
    time_remaining: state.timeRemaining(group, nowMs),
    volume_count: volumes.length,
    context: context(state),
    workload: { name: null, id: null, resource_type: null, configuration: null },
  };
}

export function getVolumeGroups(state: ArrayState, call: Call): Plan {
  const groups = byDestroyed(
    call,
    state.volumeGroups.values(),
    named(call, state.volumeGroups, VOLUME_GROUP_MISSING),
    VOLUME_GROUP_MISSING,
  );
  return list(call, groups, group => groupItem(state, group, call.nowMs));
}

export function getVolumesVolumeGroups(state: ArrayState, call: Call): Plan {
  const volumes = named(call, state.volumes, VOLUME_MISSING, { names: 'member_names', ids: 'member_ids' });
  const groups = named(call, state.volumeGroups, VOLUME_GROUP_MISSING, { names: 'group_names', ids: 'group_ids' });
  const rows = Array.from(volumes ?? state.volumes.values()).flatMap(volume =>
    volume.group !== null && (groups?.includes(volume.group) ?? true) ? [{ volume, group: volume.group }] : [],
  );
  return list(
    call,
    rows,
    ({ volume, group }) => ({ group: reference(group), member: reference(volume), context: context(state) }),
    ({ volume, group }) => [volume, group],
  );
}

export function postVolumeGroups(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const groups = checkEach(call.query.required('names'), (name): VolumeGroupRecord => {
    const { pod, leaf } = splitVolumeName(name);
    checkPlainName('Volume group', leaf);
    checkNew(GROUPS, state, name);
    const qos = checkQos(body.qos, name, { iops: null, bandwidth: null });
    const place = { pod: pod === null ? null : livePod(state, pod), qos };
    return { kind: 'volume-group', id: state.nextId(), name, createdMs: call.nowMs, destroyedMs: null, ...place };
  });
  return {
    effects: [],
    commit: () => {
      for (const group of groups) state.enroll(group);
      return { items: groups.map(group => groupItem(state, group, call.nowMs)) };
    },
  };
}

export function patchVolumeGroups(state: ArrayState, call: Call): Plan {
  const groups = targets(call, state.volumeGroups, VOLUME_GROUP_MISSING);
  const { destroyed, name, qos } = bodyObject(call);
  if ([destroyed, name, qos].every(value => value === undefined)) throw refuse('No attribute specified.');
  if (typeof name === 'string') {
    checkPlainName('Volume group', name);
    checkNew(GROUPS, state, name);
  }
  const change = typeof destroyed === 'boolean' ? destroyChange(GROUPS, state, call, groups, destroyed) : undefined;
  const limits = checkEach(groups, group => checkQos(qos, group.name, group.qos));
  return {
    effects: [],
    commit: () => {
      change?.();
      for (const [index, group] of groups.entries()) {
        Object.assign(group.qos, limits[index]);
        if (typeof name !== 'string') continue;
        for (const volume of volumesIn(state, group))
          renameVolume(state, volume, `${name}${volume.name.slice(group.name.length)}`);
        state.rename(group, name);
      }
      return { items: groups.map(group => groupItem(state, group, call.nowMs)) };
    },
  };
}

export function deleteVolumeGroups(state: ArrayState, call: Call): Plan {
  return eradicateContainers(GROUPS, state, call);
}
