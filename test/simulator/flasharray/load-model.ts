import type { JsonObject } from '../common/json.ts';
import type { SnapshotRecord, VolumeRecord } from './records.ts';
import { shareAt } from '../common/growth.ts';
import { drift, hashText } from '../common/seeded.ts';
import type { ArrayState } from './state.ts';

const HOUR_MS = 3_600_000;
const BASE_LATENCY_USEC = 150;

/** Operations per second and what each costs. */
export interface Work {
  readonly iops: number;
  readonly latencyUsec: number;
  /** Bytes of one operation. */
  readonly opBytes: number;
}

/** Bytes written to a volume: from nothing towards 10 … 80 % of its size, most of it within a day. */
export function usedBytes(volume: VolumeRecord, nowMs: number): number {
  if (volume.forcedUsedBytes !== null) return volume.forcedUsedBytes;
  const target = 0.1 + (hashText(volume.id) % 700) / 1000;
  const age = Math.max(0, nowMs - volume.createdMs);
  return Math.floor(volume.sizeBytes * target * (1 - Math.exp(-age / (6 * HOUR_MS))));
}

/** A volume works only while it is connected. Few work a lot, most little; a QoS limit holds. */
export function volumeIops(state: ArrayState, volume: VolumeRecord, nowMs: number): number {
  if (volume.connections.size === 0 || volume.destroyedMs !== null) return 0;
  const seed = hashText(volume.id);
  const weight = 0.2 * Math.exp(((seed % 1000) / 1000) * 3.2);
  const asked = volume.forcedIops ?? state.settings.volumeIops * weight * (1 + 0.4 * drift(seed, nowMs, HOUR_MS / 4));
  return Math.round(Math.min(asked, volume.qos.iops ?? Infinity));
}

/** Load of all: what others ask for, with its own ups and downs, plus the connected volumes. */
export function arrayWork(state: ArrayState, nowMs: number): Work {
  const { maxIops, seed } = state.settings;
  const others = maxIops * state.conditions.load * (1 + 0.15 * drift(seed, nowMs, HOUR_MS / 2));
  let asked = others;
  for (const volume of connectedVolumes(state)) asked += volumeIops(state, volume, nowMs);
  return { iops: Math.round(Math.min(asked, maxIops)), latencyUsec: latency(asked / maxIops), opBytes: 16_384 };
}

function connectedVolumes(state: ArrayState): Set<VolumeRecord> {
  const volumes = new Set<VolumeRecord>();
  for (const connection of state.connections) volumes.add(connection.volume);
  return volumes;
}

/** Queueing: doubles at half load, soars near the limit. */
function latency(utilisation: number): number {
  const busy = Math.min(0.98, Math.max(0, utilisation));
  return Math.round(BASE_LATENCY_USEC / (1 - busy));
}

/** All properties of the `performance` answers, without name and id. */
export function performanceItem(work: Work, nowMs: number): JsonObject {
  const reads = Math.round(work.iops * 0.65);
  const writes = work.iops - reads;
  const readUsec = reads === 0 ? 0 : work.latencyUsec;
  const writeUsec = writes === 0 ? 0 : Math.round(work.latencyUsec * 1.4);
  const idle = work.iops === 0;
  return {
    ...NO_PERFORMANCE,
    time: nowMs,
    reads_per_sec: reads,
    writes_per_sec: writes,
    read_bytes_per_sec: reads * work.opBytes,
    write_bytes_per_sec: writes * work.opBytes,
    bytes_per_read: reads === 0 ? 0 : work.opBytes,
    bytes_per_write: writes === 0 ? 0 : work.opBytes,
    bytes_per_op: idle ? 0 : work.opBytes,
    usec_per_read_op: readUsec,
    usec_per_write_op: writeUsec,
    service_usec_per_read_op: Math.round(readUsec * 0.7),
    service_usec_per_write_op: Math.round(writeUsec * 0.7),
    queue_usec_per_read_op: Math.round(readUsec * 0.2),
    queue_usec_per_write_op: Math.round(writeUsec * 0.2),
    san_usec_per_read_op: Math.round(readUsec * 0.1),
    san_usec_per_write_op: Math.round(writeUsec * 0.1),
    cached_read_bytes_per_sec: 0,
    cached_reads_per_sec: 0,
    non_cached_read_bytes_per_sec: reads * work.opBytes,
    non_cached_reads_per_sec: reads,
    service_usec_per_read_op_non_cached: Math.round(readUsec * 0.7),
  };
}

const NO_PERFORMANCE: JsonObject = {
  mirrored_write_bytes_per_sec: 0,
  mirrored_writes_per_sec: 0,
  usec_per_mirrored_write_op: 0,
  san_usec_per_mirrored_write_op: 0,
  queue_usec_per_mirrored_write_op: 0,
  qos_rate_limit_usec_per_mirrored_write_op: 0,
  service_usec_per_mirrored_write_op: 0,
  bytes_per_mirrored_write: 0,
  qos_rate_limit_usec_per_read_op: 0,
  qos_rate_limit_usec_per_write_op: 0,
  qos_scheduling_usec_per_mirrored_write_op: 0,
  qos_scheduling_usec_per_read_op: 0,
  qos_scheduling_usec_per_write_op: 0,
  others_per_sec: 0,
  usec_per_other_op: 0,
  mirrored_others_per_sec: 0,
  usec_per_mirrored_other_op: 0,
  local_queue_usec_per_op: 0,
  queue_depth: null,
  queue_usec_per_op: 0,
  read_cache_hit_ratio: 0,
  service_usec_per_read_op_cached: 0,
  service_usec_per_read_op_cache_reduction: null,
};

export interface SpaceSums {
  readonly provisioned: number;
  /** Bytes written, before reduction. */
  readonly written: number;
  readonly snapshots: number;
}

const REDUCTION = 3;

/** All properties of `space` for a volume or a container of volumes. */
export function spaceItem({ provisioned, written, snapshots }: SpaceSums): JsonObject {
  const unique = Math.floor(written / REDUCTION);
  return {
    data_reduction: written === 0 ? 1 : REDUCTION,
    shared: null,
    snapshots,
    system: null,
    thin_provisioning: provisioned === 0 ? 0 : 1 - written / provisioned,
    total_physical: unique + snapshots,
    total_provisioned: provisioned,
    total_reduction: written === 0 ? 1 : provisioned / Math.max(1, unique),
    unique,
    virtual: written,
    unique_effective: written,
    snapshots_effective: snapshots * REDUCTION,
    total_effective: written + snapshots * REDUCTION,
    total_used: unique + snapshots,
    used_provisioned: provisioned,
    footprint: unique + snapshots,
  };
}

export function sumVolumes(volumes: Iterable<VolumeRecord>, nowMs: number): SpaceSums {
  let [provisioned, written, snapshots] = [0, 0, 0];
  for (const volume of volumes) {
    provisioned += volume.sizeBytes;
    written += usedBytes(volume, nowMs);
    for (const snapshot of volume.snapshots) snapshots += snapshotBytes(snapshot, nowMs);
  }
  return { provisioned, written, snapshots };
}

/** What a snapshot keeps that its volume has overwritten since. */
export function snapshotBytes(snapshot: SnapshotRecord, nowMs: number): number {
  const age = Math.max(0, nowMs - snapshot.createdMs);
  const written = usedBytes(snapshot.volume, snapshot.createdMs) / REDUCTION;
  return Math.floor(written * 0.2 * (1 - Math.exp(-age / (24 * HOUR_MS))));
}

/**
 * Space of the whole array at a time: others' data by `fill`, growing and slowly moving, plus all volumes. No nulls where
 * exporters stumble.
 */
export function arraySpace(state: ArrayState, time: number, nowMs = time): JsonObject {
  const sums = sumVolumes(state.volumes.values(), time);
  const { seed } = state.settings;
  const capacityBytes = state.capacityBytes(time);
  const share = state.conditions.fill * shareAt(time, nowMs);
  const others = Math.floor(capacityBytes * share * (1 + 0.02 * drift(seed ^ 7, time, 24 * HOUR_MS)));
  const own = spaceItem(sums);
  const shared = Math.floor(others * 0.2);
  const unique = others - shared + Math.floor(sums.written / REDUCTION);
  const used = Math.min(capacityBytes, unique + shared + sums.snapshots);
  return {
    ...own,
    data_reduction: REDUCTION,
    shared,
    shared_effective: shared * REDUCTION,
    system: 0,
    replication: 0,
    unique,
    unique_effective: unique * REDUCTION,
    total_physical: used,
    total_used: used,
    total_effective: (unique + shared + sums.snapshots) * REDUCTION,
    total_provisioned: sums.provisioned + others * 5,
    used_provisioned: sums.provisioned + others * 5,
    total_reduction: 5 * REDUCTION,
    thin_provisioning: 0.6,
    virtual: sums.written + others * REDUCTION,
    footprint: used,
  };
}
