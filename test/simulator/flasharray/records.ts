import type { JsonObject } from '../common/json.ts';
import type { Destroyable } from '../common/destroyable.ts';
import type { Identified } from '../common/registry.ts';
import type { ArrayState } from './state.ts';

export interface TagRecord {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
  readonly copyable: boolean;
}

export interface Qos {
  bandwidth: number | null;
  iops: number | null;
}

/** One array of a pod. */
export interface PodMember {
  readonly state: ArrayState;
  /** Since when it does not follow the pod; null while it does. */
  lostMs: number | null;
  resyncUntilMs: number;
}

export interface PodRecord extends Destroyable {
  readonly kind: 'pod';
  /** One; two when it is stretched: both then hold the same records of all that is inside. */
  members: PodMember[];
  failoverPreferences: readonly string[];
  quotaLimit: number | null;
  promotion: 'promoted' | 'demoted';
  tags: TagRecord[];
}

export interface VolumeGroupRecord extends Destroyable {
  readonly kind: 'volume-group';
  readonly pod: PodRecord | null;
  readonly qos: Qos;
}

export interface VolumeRecord extends Destroyable {
  readonly kind: 'volume';
  readonly serial: string;
  sizeBytes: number;
  readonly subtype: string;
  source: { readonly name: string; readonly id: string } | null;
  readonly qos: Qos;
  pod: PodRecord | null;
  group: VolumeGroupRecord | null;
  readonly connections: Set<ConnectionRecord>;
  readonly snapshots: Set<SnapshotRecord>;
  readonly protectionGroups: Set<ProtectionGroupRecord>;
  tags: TagRecord[];
  /** Set by tests and scenarios; null: grows and works by its seed. */
  forcedUsedBytes: number | null;
  forcedIops: number | null;
}

export interface SnapshotRecord extends Destroyable {
  readonly kind: 'snapshot';
  readonly serial: string;
  suffix: string;
  readonly sizeBytes: number;
  readonly volume: VolumeRecord;
  readonly groupSnapshot: GroupSnapshotRecord | null;
  tags: TagRecord[];
}

export interface Chap {
  hostUser: string | null;
  hostPassword: string | null;
  targetUser: string | null;
  targetPassword: string | null;
}

export interface HostRecord extends Identified {
  readonly createdMs: number;
  iqns: string[];
  nqns: string[];
  wwns: string[];
  personality: string | null;
  vlan: string | null;
  readonly chap: Chap;
  group: HostGroupRecord | null;
  readonly connections: Set<ConnectionRecord>;
  tags: TagRecord[];
}

export interface HostGroupRecord extends Identified {
  readonly createdMs: number;
  readonly hosts: Set<HostRecord>;
  readonly connections: Set<ConnectionRecord>;
}

/** Of a host (private) or of a host group (shared); exactly one of both is set. */
export interface ConnectionRecord {
  readonly id: string;
  readonly volume: VolumeRecord;
  readonly host: HostRecord | null;
  readonly group: HostGroupRecord | null;
  /** Null for NVMe. */
  readonly lun: number | null;
  /** Null for SCSI. */
  readonly nsid: number | null;
}

export interface TargetRecord {
  readonly state: ArrayState;
  /** What the target array says about it; false until somebody allows it there. */
  isAllowed: boolean;
  /** The group that holds what arrives there, `source:group`. */
  readonly replica: ProtectionGroupRecord;
}

export interface GroupOrigin {
  readonly state: ArrayState;
  readonly group: ProtectionGroupRecord;
  /** Stand-ins for the volumes of the source, by their serial. */
  readonly volumes: Map<string, VolumeRecord>;
}

export interface ProtectionGroupRecord extends Destroyable {
  readonly kind: 'protection-group';
  readonly pod: PodRecord | null;
  readonly volumes: Set<VolumeRecord>;
  isRatcheted: boolean;
  lastSuffix: number;
  readonly targets: TargetRecord[];
  /** On a target: what is replicated to it; null: its own. */
  readonly origin: GroupOrigin | null;
  /** Schedules and retention, as clients gave them. */
  plans: JsonObject;
}

export interface GroupSnapshotRecord extends Destroyable {
  readonly kind: 'group-snapshot';
  readonly suffix: string;
  readonly group: ProtectionGroupRecord;
  readonly members: SnapshotRecord[];
}

/** The pod that it is, or is in. */
export function podOf(item: AnyDestroyable): PodRecord | null {
  switch (item.kind) {
    case 'pod':
      return item;
    case 'snapshot':
      return item.groupSnapshot === null ? item.volume.pod : item.groupSnapshot.group.pod;
    case 'group-snapshot':
      return item.group.pod;
    default:
      return item.pod;
  }
}

export type AnyDestroyable =
  PodRecord | VolumeGroupRecord | VolumeRecord | SnapshotRecord | ProtectionGroupRecord | GroupSnapshotRecord;
