import { checkEach, refuse } from '../../common/api-error.ts';
import { isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { checkVolumeName, splitVolumeName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type {
  PodRecord,
  ProtectionGroupRecord,
  Qos,
  SnapshotRecord,
  VolumeGroupRecord,
  VolumeRecord,
} from '../records.ts';
import type { ArrayState } from '../state.ts';
import { VOLUME_MISSING } from '../state.ts';
import { targets } from '../../common/select.ts';
import { volumeItem } from './volume-items.ts';
import { checkQos, checkSize, livePod, refuseOffline } from './volumes.ts';

/** What is worth changing; `source` alone is not ("No attribute specified."). */
const ATTRIBUTES = [
  'destroyed',
  'name',
  'pod',
  'volume_group',
  'provisioned',
  'qos',
  'priority_adjustment',
  'requested_promotion_state',
  'workload',
];

interface Change {
  readonly volume: VolumeRecord;
  readonly destroyed: boolean | null;
  readonly name: string;
  readonly pod: PodRecord | null;
  readonly group: VolumeGroupRecord | null;
  readonly sizeBytes: number;
  readonly qos: Qos;
}

export function patchVolumes(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const volumes = targets(call, state.volumes, VOLUME_MISSING);
  const given = ATTRIBUTES.filter(key => body[key] !== undefined);
  const isGroupChange = ['add_to_protection_group_names', 'remove_from_protection_group_names'].some(key =>
    call.query.has(key),
  );
  if (given.length === 0 && !isGroupChange) throw refuse('No attribute specified.');
  if (body.destroyed !== undefined && given.length > 1) throw refuse('Invalid combination of parameters specified.');
  if (body.name !== undefined && volumes.length > 1) throw refuse('Invalid combination of parameters specified.');
  const joins = (call.query.list('add_to_protection_group_names') ?? []).map(name => state.protectionGroup(name));
  const leaves = (call.query.list('remove_from_protection_group_names') ?? []).map(name => state.protectionGroup(name));
  const changes = checkEach(volumes, volume => plan(state, call, volume, body));
  return {
    effects: changes.flatMap(change => effectOf(state, change)),
    commit: () => {
      for (const change of changes) {
        apply(state, change, call.nowMs);
        for (const group of joins) {
          group.volumes.add(change.volume);
          change.volume.protectionGroups.add(group);
        }
        for (const group of leaves) {
          group.volumes.delete(change.volume);
          change.volume.protectionGroups.delete(group);
        }
      }
      return { items: volumes.map(volume => volumeItem(state, volume, call.nowMs)) };
    },
  };
}

function plan(state: ArrayState, call: Call, volume: VolumeRecord, body: JsonObject): Change {
  const destroyed = typeof body.destroyed === 'boolean' ? body.destroyed : null;
  refuseOffline(state, volume.pod);
  if (destroyed === true) checkDestroy(state, volume);
  if (destroyed === false && volume.destroyedMs === null) throw refuse('Volume has not been destroyed.', volume.name);
  if (destroyed === null && volume.destroyedMs !== null && body.name === undefined) {
    throw refuse('Volume has been destroyed.', volume.name);
  }
  const place = placeOf(state, volume, body);
  return {
    volume,
    destroyed,
    ...place,
    sizeBytes: newSize(state, call, volume, body),
    qos: checkQos(body.qos, volume.name, volume.qos),
  };
}

function checkDestroy(state: ArrayState, volume: VolumeRecord): void {
  if (volume.destroyedMs !== null) throw refuse('Volume has been deleted.', volume.name);
  if (volume.connections.size > 0) throw refuse(state.settings.messages.volumeConnected, volume.name);
}

function newSize(state: ArrayState, call: Call, volume: VolumeRecord, body: JsonObject): number {
  if (body.provisioned === undefined) return volume.sizeBytes;
  const size = checkSize(body.provisioned, volume.name);
  if (size < volume.sizeBytes && call.query.flag('truncate') !== true) {
    throw refuse(state.settings.messages.shrink, volume.name);
  }
  return size;
}

/** The name follows pod and volume group, and the other way round. */
function placeOf(state: ArrayState, volume: VolumeRecord, body: JsonObject): Pick<Change, 'name' | 'pod' | 'group'> {
  const old = splitVolumeName(volume.name);
  if (typeof body.name === 'string') {
    const parts = checkVolumeName(body.name);
    const isBare = parts.pod === null && parts.group === null;
    const name = isBare ? withLeaf(volume.name, old.leaf, parts.leaf) : body.name;
    if (parts.pod !== null && parts.pod !== old.pod) throw refuse('Cannot move a volume by renaming it.', volume.name);
    const taken = state.volumes.find(name);
    if (taken !== undefined && taken !== volume) throw refuse('Volume already exists.', name);
    return { name, pod: volume.pod, group: volume.group };
  }
  if (isObject(body.pod)) {
    const pod = typeof body.pod.name === 'string' && body.pod.name !== '' ? livePod(state, body.pod.name) : null;
    const isStretched = [pod, volume.pod].some(one => one !== null && one.members.length > 1);
    if (isStretched) throw refuse('Cannot move a volume into or out of a stretched pod.', volume.name);
    if (pod !== null && volume.pod !== null) throw refuse('Cannot move a volume between pods.', volume.name);
    return free(state, volume, { name: pod === null ? old.leaf : `${pod.name}::${old.leaf}`, pod, group: null });
  }
  if (isObject(body.volume_group)) {
    const given = body.volume_group.name;
    const group = typeof given === 'string' && given !== '' ? state.volumeGroup(given) : null;
    return free(state, volume, {
      name: group === null ? old.leaf : `${group.name}/${old.leaf}`,
      pod: group?.pod ?? null,
      group,
    });
  }
  return { name: volume.name, pod: volume.pod, group: volume.group };
}

function free(state: ArrayState, volume: VolumeRecord, place: Pick<Change, 'name' | 'pod' | 'group'>): typeof place {
  const taken = state.volumes.find(place.name);
  if (taken !== undefined && taken !== volume) throw refuse('Volume already exists.', place.name);
  return place;
}

function withLeaf(name: string, oldLeaf: string, leaf: string): string {
  return `${name.slice(0, name.length - oldLeaf.length)}${leaf}`;
}

function effectOf(state: ArrayState, { volume, sizeBytes }: Change): Effect[] {
  if (sizeBytes === volume.sizeBytes) return [];
  const { name, serial } = volume;
  return [plane => plane.volumeResized({ arrayIqn: state.settings.iqn, name, serial, sizeBytes })];
}

function apply(state: ArrayState, change: Change, nowMs: number): void {
  const { volume } = change;
  if (change.destroyed === true) {
    state.destroy(volume, nowMs);
    for (const snapshot of volume.snapshots) if (snapshot.destroyedMs === null) state.destroy(snapshot, nowMs);
  }
  if (change.destroyed === false) recoverWithSnapshots(state, volume);
  if (change.name !== volume.name) renameVolume(state, volume, change.name);
  volume.pod = change.pod;
  volume.group = change.group;
  volume.sizeBytes = change.sizeBytes;
  volume.qos.iops = change.qos.iops;
  volume.qos.bandwidth = change.qos.bandwidth;
}

/** Snapshots that went with the volume come back with it; those destroyed before stay so. */
function recoverWithSnapshots(state: ArrayState, volume: VolumeRecord): void {
  const since = volume.destroyedMs;
  for (const snapshot of volume.snapshots) if (snapshot.destroyedMs === since) state.recover(snapshot);
  state.recover(volume);
}

/** Its snapshots are called after it; members of group snapshots after the group and it. */
export function renameVolume(state: ArrayState, volume: VolumeRecord, name: string): void {
  state.rename(volume, name);
  for (const snapshot of volume.snapshots) state.rename(snapshot, snapshotName(snapshot, snapshot.suffix));
}

/** Its snapshots are called after it. */
export function renameProtectionGroup(state: ArrayState, group: ProtectionGroupRecord, name: string): void {
  for (const snapshot of state.groupSnapshots.values()) {
    if (snapshot.group !== group) continue;
    const renamed = (old: string): string => `${name}${old.slice(group.name.length)}`;
    for (const member of snapshot.members) state.rename(member, renamed(member.name));
    state.rename(snapshot, renamed(snapshot.name));
  }
  state.rename(group, name);
}

export function snapshotName(snapshot: Pick<SnapshotRecord, 'volume' | 'groupSnapshot'>, suffix: string): string {
  if (snapshot.groupSnapshot === null) return `${snapshot.volume.name}.${suffix}`;
  return `${snapshot.groupSnapshot.name}.${splitVolumeName(snapshot.volume.name).leaf}`;
}
