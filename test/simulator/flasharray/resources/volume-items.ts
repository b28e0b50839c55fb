import type { Json, JsonObject } from '../../common/json.ts';
import { NO_REFERENCE } from '../../common/json.ts';
import { snapshotBytes, spaceItem, usedBytes } from '../load-model.ts';
import type { SnapshotRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';

export function reference(item: { readonly name: string; readonly id: string } | null): JsonObject {
  return item === null ? NO_REFERENCE : { name: item.name, id: item.id };
}

/** Since REST 2.38 every item says which array answered. */
export function context(state: ArrayState): JsonObject {
  return { ...state.reference, resource_type: 'arrays' };
}

const NO_WORKLOAD: JsonObject = { name: null, id: null, resource_type: null, configuration: null };
const NO_PRIORITY: JsonObject = { priority_adjustment_operator: '+', priority_adjustment_value: 0 };

export function volumeSpace(volume: VolumeRecord, nowMs: number): JsonObject {
  let snapshots = 0;
  for (const snapshot of volume.snapshots) snapshots += snapshotBytes(snapshot, nowMs);
  return spaceItem({ provisioned: volume.sizeBytes, written: usedBytes(volume, nowMs), snapshots });
}

/** As this array sees it: hosts of the other array of a stretched pod do not count. */
function connectionCount(state: ArrayState, volume: VolumeRecord): number {
  let count = 0;
  for (const connection of volume.connections) {
    if (state.connections.has(connection)) count += connection.group === null ? 1 : connection.group.hosts.size;
  }
  return count;
}

export function volumeItem(state: ArrayState, volume: VolumeRecord, nowMs: number): JsonObject {
  return {
    id: volume.id,
    name: volume.name,
    connection_count: connectionCount(state, volume),
    created: volume.createdMs,
    destroyed: volume.destroyedMs !== null,
    host_encryption_key_status: 'none',
    provisioned: volume.sizeBytes,
    qos: { bandwidth_limit: volume.qos.bandwidth, iops_limit: volume.qos.iops },
    serial: volume.serial,
    space: volumeSpace(volume, nowMs),
    time_remaining: state.timeRemaining(volume, nowMs),
    pod: reference(volume.pod),
    source: reference(volume.source),
    subtype: volume.subtype,
    volume_group: reference(volume.group),
    promotion_status: volume.pod?.promotion ?? 'promoted',
    requested_promotion_state: volume.pod?.promotion ?? 'promoted',
    priority_adjustment: NO_PRIORITY,
    priority: 0,
    protocol_endpoint: { container_version: null },
    context: context(state),
    workload: NO_WORKLOAD,
  };
}

export function snapshotItem(state: ArrayState, snapshot: SnapshotRecord, nowMs: number): JsonObject {
  const kept = snapshotBytes(snapshot, nowMs);
  return {
    id: snapshot.id,
    name: snapshot.name,
    created: snapshot.createdMs,
    destroyed: snapshot.destroyedMs !== null,
    pod: reference(snapshot.volume.pod),
    provisioned: snapshot.sizeBytes,
    source: reference(snapshot.volume),
    suffix: snapshot.suffix,
    time_remaining: state.timeRemaining(snapshot, nowMs),
    serial: snapshot.serial,
    space: { ...spaceItem({ provisioned: snapshot.sizeBytes, written: 0, snapshots: kept }), unique: null },
    volume_group: reference(snapshot.volume.group),
    context: context(state),
  };
}

/** A nullable or blank limit: on PATCH `""` unsets it. */
export function isUnset(value: Json | undefined): boolean {
  return value === '' || value === null;
}
