import type { JsonObject } from '../common/json.ts';
import { shareAt } from '../common/growth.ts';
import { drift, hashText } from '../common/seeded.ts';
import type { FileSystemRecord, SnapshotRecord } from './records.ts';
import type { BladeState } from './state.ts';
import { isExported } from './state.ts';

const HOUR_MS = 3_600_000;
const BASE_LATENCY_USEC = 500;
const REDUCTION = 2;
/** What an unlimited file system grows towards. */
const UNLIMITED_BYTES = 2 ** 40;
/** Share of others' data that is in file systems; the rest is in buckets. */
const FILE_SHARE = 0.7;

export type SpaceType = 'array' | 'file-system' | 'object-store';

/** Operations per second and what each costs. */
export interface Work {
  readonly iops: number;
  readonly latencyUsec: number;
  /** Bytes of one operation. */
  readonly opBytes: number;
}

export const IDLE: Work = { iops: 0, latencyUsec: 0, opBytes: 0 };

/** Bytes written to a file system: from nothing towards 10 … 80 % of its size, most of it within a day. */
export function usedBytes({ id, createdMs, traits, forcedUsedBytes }: FileSystemRecord, nowMs: number): number {
  if (forcedUsedBytes !== null) return forcedUsedBytes;
  const target = 0.1 + (hashText(id) % 700) / 1000;
  const age = Math.max(0, nowMs - createdMs);
  return Math.floor((traits.provisioned ?? UNLIMITED_BYTES) * target * (1 - Math.exp(-age / (6 * HOUR_MS))));
}

/** A file system works only while somebody may mount it. Few work a lot, most little; a QoS policy's limit holds. */
export function fileSystemWork(state: BladeState, fileSystem: FileSystemRecord, nowMs: number): Work {
  if (!isExported(fileSystem)) return IDLE;
  const seed = hashText(fileSystem.id);
  const weight = 0.2 * Math.exp(((seed % 1000) / 1000) * 3.2);
  const mean = state.settings.fileSystemIops * weight;
  const asked = fileSystem.forcedIops ?? mean * (1 + 0.4 * drift(seed, nowMs, HOUR_MS / 4));
  const { qosPolicy } = fileSystem.traits;
  const limit = qosPolicy?.enabled === true ? (qosPolicy.maxOpsPerSec ?? Infinity) : Infinity;
  return { iops: Math.round(Math.min(asked, limit)), latencyUsec: BASE_LATENCY_USEC, opBytes: 32_768 };
}

/** Load of all: what others ask for, with its own ups and downs, plus the file systems that are exported. */
export function arrayWork(state: BladeState, nowMs: number): Work {
  const { maxIops, seed } = state.settings;
  let asked = maxIops * state.conditions.load * (1 + 0.15 * drift(seed, nowMs, HOUR_MS / 2));
  for (const fileSystem of state.fileSystems.values()) asked += fileSystemWork(state, fileSystem, nowMs).iops;
  return { iops: Math.round(Math.min(asked, maxIops)), latencyUsec: latency(asked / maxIops), opBytes: 32_768 };
}

/** Queueing: doubles at half load, soars near the limit. */
function latency(utilisation: number): number {
  const busy = Math.min(0.98, Math.max(0, utilisation));
  return Math.round(BASE_LATENCY_USEC / (1 - busy));
}

/** All properties of the `performance` answers, without name and id. */
export function performanceItem({ iops, latencyUsec, opBytes }: Work, nowMs: number): JsonObject {
  const reads = Math.round(iops * 0.6);
  const writes = Math.round(iops * 0.3);
  const others = iops - reads - writes;
  return {
    time: nowMs,
    reads_per_sec: reads,
    writes_per_sec: writes,
    others_per_sec: others,
    read_bytes_per_sec: reads * opBytes,
    write_bytes_per_sec: writes * opBytes,
    bytes_per_read: reads === 0 ? 0 : opBytes,
    bytes_per_write: writes === 0 ? 0 : opBytes,
    bytes_per_op: reads + writes === 0 ? 0 : opBytes,
    usec_per_read_op: reads === 0 ? 0 : latencyUsec,
    usec_per_write_op: writes === 0 ? 0 : Math.round(latencyUsec * 1.4),
    usec_per_other_op: others === 0 ? 0 : Math.round(latencyUsec * 0.8),
  };
}

export interface SpaceSums {
  /** Null: not limited. */
  readonly provisioned: number | null;
  /** Bytes written, before reduction. */
  readonly written: number;
  readonly snapshots: number;
}

/** All properties of `space`. */
export function spaceItem({ provisioned, written, snapshots }: SpaceSums): JsonObject {
  const unique = Math.floor(written / REDUCTION);
  return {
    virtual: written,
    unique,
    snapshots,
    shared: 0,
    data_reduction: written === 0 ? null : REDUCTION,
    total_physical: unique + snapshots,
    total_used: unique + snapshots,
    total_provisioned: provisioned,
    available_provisioned: provisioned === null ? null : provisioned - written,
    available_ratio: provisioned === null || provisioned === 0 ? null : (provisioned - written) / provisioned,
    destroyed: 0,
    destroyed_virtual: 0,
  };
}

/** What a snapshot keeps that its file system has overwritten since. */
export function snapshotBytes(snapshot: SnapshotRecord, nowMs: number): number {
  const age = Math.max(0, nowMs - snapshot.createdMs);
  const written = usedBytes(snapshot.owner, snapshot.createdMs) / REDUCTION;
  return Math.floor(written * 0.2 * (1 - Math.exp(-age / (24 * HOUR_MS))));
}

export function fileSystemSums(fileSystem: FileSystemRecord, nowMs: number): SpaceSums {
  let snapshots = 0;
  for (const snapshot of fileSystem.snapshots) snapshots += snapshotBytes(snapshot, nowMs);
  return { provisioned: fileSystem.traits.provisioned, written: usedBytes(fileSystem, nowMs), snapshots };
}

export function sumFileSystems(fileSystems: Iterable<FileSystemRecord>, nowMs: number): SpaceSums {
  let [provisioned, written, snapshots] = [0, 0, 0];
  for (const fileSystem of fileSystems) {
    const sums = fileSystemSums(fileSystem, nowMs);
    provisioned += sums.provisioned ?? 0;
    written += sums.written;
    snapshots += sums.snapshots;
  }
  return { provisioned, written, snapshots };
}

/** Space of the whole array or of one kind at a time: others' data by `fill`, growing and slowly moving, plus all file systems. No nulls. */
export function arraySpace(state: BladeState, type: SpaceType, time: number, nowMs = time): JsonObject {
  const { capacityBytes, seed } = state.settings;
  const filled = state.conditions.fill * shareAt(time, nowMs);
  const others = Math.floor(capacityBytes * filled * (1 + 0.02 * drift(seed ^ 7, time, 24 * HOUR_MS)));
  const share = { array: 1, 'file-system': FILE_SHARE, 'object-store': 1 - FILE_SHARE }[type];
  const own = type === 'object-store' ? [] : state.fileSystems.values();
  const sums = sumFileSystems(own, time);
  const unique = Math.floor(others * share) + Math.floor(sums.written / REDUCTION);
  const used = Math.min(capacityBytes, unique + sums.snapshots);
  const virtual = unique * REDUCTION;
  const provisioned = (sums.provisioned ?? 0) + Math.floor(others * share) * REDUCTION;
  return {
    ...spaceItem(sums),
    virtual,
    unique,
    data_reduction: REDUCTION,
    total_physical: used,
    total_used: used,
    total_provisioned: provisioned,
    available_provisioned: Math.max(0, capacityBytes - used),
    available_ratio: Math.max(0, capacityBytes - used) / capacityBytes,
  };
}
