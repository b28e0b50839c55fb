import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { checkVolumeName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ProtectionGroupRecord, Qos, SnapshotRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { SNAPSHOT_MISSING, VOLUME_MISSING } from '../state.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { parseTags } from './tags.ts';
import { isUnset, volumeItem } from './volume-items.ts';

const MIB = 2 ** 20;
const MAX_BYTES = 4_503_599_627_370_496;
const QOS_RANGE = { iops: [100, 100_000_000], bandwidth: [MIB, 549_755_813_888] } as const;

export function getVolumes(state: ArrayState, call: Call): Plan {
  const chosen = named(call, state.volumes, VOLUME_MISSING);
  const volumes = byDestroyed(call, state.volumes.values(), chosen, VOLUME_MISSING);
  const build = (volume: VolumeRecord): JsonObject => volumeItem(state, volume, call.nowMs);
  return list(call, volumes, build);
}

/** Bytes, rounded up to the smallest volume; refuses what the array would. */
export function checkSize(value: unknown, name: string): number {
  if (value === undefined) return MIB;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value % 512 !== 0) {
    throw refuse('Volume size must be a multiple of 512 bytes.', name);
  }
  if (value > MAX_BYTES) throw refuse('Volume size must be between 1M and 4P.', name);
  return Math.max(MIB, value);
}

/** `""` (PATCH) unsets a limit; absent keeps it. */
export function checkQos(given: unknown, name: string, current: Qos): Qos {
  if (given === undefined) return { ...current };
  const qos = isObject(given) ? given : {};
  const limit = (key: string, [low, high]: readonly [number, number], old: number | null): number | null => {
    const value = qos[key];
    if (value === undefined) return old;
    if (isUnset(value)) return null;
    if (typeof value === 'number' && value >= low && value <= high) return value;
    throw refuse(`Invalid ${key}: must be between ${low} and ${high}.`, name);
  };
  return {
    iops: limit('iops_limit', QOS_RANGE.iops, current.iops),
    bandwidth: limit('bandwidth_limit', QOS_RANGE.bandwidth, current.bandwidth),
  };
}

interface NewVolume {
  readonly volume: VolumeRecord;
  readonly source: VolumeRecord | SnapshotRecord | null;
  /** Given with `overwrite`: the volume that is there. */
  readonly existing: VolumeRecord | null;
}

export function postVolumes(state: ArrayState, call: Call): Plan {
  const names = call.query.required('names');
  const body = bodyObject(call);
  if (new Set(names.map(name => name.toLowerCase())).size < names.length) throw refuse('Duplicate names specified.');
  const isOverwrite = call.query.flag('overwrite') === true;
  if (isOverwrite && (call.query.has('with_default_protection') || call.query.has('add_to_protection_group_names'))) {
    throw refuse('Invalid combination of parameters specified.');
  }
  const source = sourceOf(state, body);
  const fresh = checkEach(names, name => newVolume(state, call, name, source, isOverwrite));
  const created = fresh.filter(({ existing }) => existing === null);
  if (state.volumes.size + created.length > state.settings.maxVolumes)
    throw refuse(state.settings.messages.volumeLimit);
  checkQuota(state, created);
  const groups = fresh.map(({ volume }) => (isOverwrite ? [] : protectionGroupsFor(state, call, volume)));
  return {
    effects: fresh.map(one => dataEffect(state, one)),
    commit: () => {
      const volumes = fresh.map((one, index) => commitVolume(state, one, groups[index] ?? []));
      return { items: volumes.map(volume => volumeItem(state, volume, call.nowMs)) };
    },
  };
}

function sourceOf(state: ArrayState, body: JsonObject): VolumeRecord | SnapshotRecord | null {
  const given = body.source;
  if (!isObject(given)) return null;
  if (body.provisioned !== undefined)
    throw refuse('Invalid combination of parameters specified.', 'provisioned, source');
  const name = typeof given.name === 'string' ? given.name : null;
  const id = typeof given.id === 'string' ? given.id : null;
  const found =
    name === null
      ? (state.volumes.findId(id ?? '') ?? state.snapshots.findId(id ?? ''))
      : (state.volumes.find(name) ?? state.snapshots.find(name));
  if (found === undefined || found.destroyedMs !== null) throw refuse(SNAPSHOT_MISSING, name ?? id);
  return found;
}

function newVolume(
  state: ArrayState,
  call: Call,
  name: string,
  source: VolumeRecord | SnapshotRecord | null,
  isOverwrite: boolean,
): NewVolume {
  const parts = checkVolumeName(name);
  const body = bodyObject(call);
  const taken = state.volumes.find(name);
  if (taken !== undefined && isOverwrite && taken.destroyedMs === null && source !== null) {
    return { volume: taken, source, existing: taken };
  }
  if (taken !== undefined) throw refuse('Volume already exists.', name);
  const pod = parts.pod === null ? null : livePod(state, parts.pod);
  const groupName = parts.group === null ? null : `${parts.pod === null ? '' : `${parts.pod}::`}${parts.group}`;
  const volume: VolumeRecord = {
    kind: 'volume',
    id: state.nextId(),
    name,
    serial: state.nextSerial(),
    sizeBytes: source === null ? checkSize(body.provisioned, name) : source.sizeBytes,
    subtype: body.subtype === 'protocol_endpoint' ? 'protocol_endpoint' : 'regular',
    createdMs: call.nowMs,
    destroyedMs: null,
    source: source === null ? null : { name: originOf(source).name, id: originOf(source).id },
    qos: checkQos(body.qos, name, { iops: null, bandwidth: null }),
    pod,
    group: groupName === null ? null : state.volumeGroup(groupName),
    connections: new Set(),
    snapshots: new Set(),
    protectionGroups: new Set(),
    tags: parseTags(body.tags, name),
    forcedUsedBytes: null,
    forcedIops: null,
  };
  return { volume, source, existing: null };
}

/** An item's `source` names a volume, also when it came from a snapshot of it. */
function originOf(source: VolumeRecord | SnapshotRecord): VolumeRecord {
  return source.kind === 'volume' ? source : source.volume;
}

export function livePod(state: ArrayState, name: string): NonNullable<VolumeRecord['pod']> {
  const pod = state.pod(name);
  if (pod.destroyedMs !== null) throw refuse('Pod has been destroyed.', name);
  refuseOffline(state, pod);
  return pod;
}

/** An array that lost touch with a stretched pod changes nothing in it: its peer may be serving. No source gives the text. */
export function refuseOffline(state: ArrayState, pod: NonNullable<VolumeRecord['pod']> | null): void {
  const member = pod?.members.find(one => one.state === state);
  if (pod !== null && member !== undefined && member.lostMs !== null) {
    throw refuse('Pod is not online on this array.', pod.name);
  }
}

function checkQuota(state: ArrayState, created: readonly NewVolume[]): void {
  for (const { volume } of created) {
    const limit = volume.pod?.quotaLimit;
    if (limit === undefined || limit === null) continue;
    let used = 0;
    for (const other of state.volumes.values()) {
      if (other.pod === volume.pod && other.destroyedMs === null) used += other.sizeBytes;
    }
    if (used + volume.sizeBytes > limit) throw refuse(state.settings.messages.quota, volume.name);
  }
}

function protectionGroupsFor(state: ArrayState, call: Call, volume: VolumeRecord): ProtectionGroupRecord[] {
  const asked = call.query.list('add_to_protection_group_names') ?? [];
  const usesDefault = call.query.flag('with_default_protection') !== false;
  const defaults = usesDefault ? (state.defaultProtection.get(volume.pod?.id ?? '') ?? []) : [];
  return [...asked, ...defaults].map(name => state.protectionGroup(name));
}

function dataEffect(state: ArrayState, { volume, source, existing }: NewVolume): Effect {
  const sizeBytes = source?.sizeBytes ?? volume.sizeBytes;
  const to = { arrayIqn: state.settings.iqn, name: volume.name, serial: volume.serial, sizeBytes };
  if (source === null) return plane => plane.volumeCreated(to);
  return plane => plane.volumeCloned({ fromSerial: source.serial, to, isOverwrite: existing !== null });
}

function commitVolume(state: ArrayState, one: NewVolume, groups: readonly ProtectionGroupRecord[]): VolumeRecord {
  const { volume, source, existing } = one;
  if (existing !== null && source !== null) {
    existing.sizeBytes = source.sizeBytes;
    existing.source = { name: originOf(source).name, id: originOf(source).id };
    return existing;
  }
  state.enroll(volume);
  if (source !== null) volume.tags = [...source.tags.filter(({ copyable }) => copyable), ...volume.tags];
  for (const group of groups) {
    group.volumes.add(volume);
    volume.protectionGroups.add(group);
  }
  return volume;
}

export function deleteVolumes(state: ArrayState, call: Call): Plan {
  const volumes = checkEach(targets(call, state.volumes, VOLUME_MISSING), volume => {
    if (volume.destroyedMs === null) throw refuse(state.settings.messages.eradicateLive, volume.name);
    if (isEradicationOff(state, volume)) throw refuse('Eradication is disabled.');
    return volume;
  });
  return {
    effects: volumes.flatMap(volume => state.eradicationEffects(volume)),
    commit: () => {
      for (const volume of volumes) state.eradicate(volume);
      return NO_BODY;
    },
  };
}

/** SafeMode: of the array, or of a protection group that the volume is in. */
export function isEradicationOff(state: ArrayState, volume: VolumeRecord): boolean {
  return (
    state.conditions.manualEradication === 'all-disabled' ||
    [...volume.protectionGroups].some(group => group.isRatcheted)
  );
}
