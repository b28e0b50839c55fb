/** `flasharray` and `cloud-block-store` serve block volumes, `flashblade` serves file systems. */
export type ArrayKind = 'flasharray' | 'flashblade' | 'cloud-block-store';
/** What a class asks for: volumes or file systems. */
export type BackendType = 'block' | 'file';

export const KINDS_OF: Readonly<Record<BackendType, readonly ArrayKind[]>> = {
  block: ['flasharray', 'cloud-block-store'],
  file: ['flashblade'],
};

export const backendTypeOf = (kind: ArrayKind): BackendType => (kind === 'flashblade' ? 'file' : 'block');

export type Protocol = 'iscsi' | 'nvme-tcp' | 'nvme-roce' | 'fc' | 'nfs';

/** As people write them. */
export const PROTOCOL_WORDS: Readonly<Record<Protocol, string>> = {
  iscsi: 'iSCSI',
  'nvme-tcp': 'NVMe/TCP',
  'nvme-roce': 'NVMe/RoCE',
  fc: 'Fibre Channel',
  nfs: 'NFS',
};
/** How nodes reach block volumes; one for an array. */
export type SanType = Exclude<Protocol, 'nfs'>;
/** Alike but for what carries the commands. */
export type NvmeProtocol = 'nvme-tcp' | 'nvme-roce';

export const isNvme = (protocol: Protocol): protocol is NvmeProtocol =>
  protocol === 'nvme-tcp' || protocol === 'nvme-roce';
export type Labels = Readonly<Record<string, string>>;

/** Who an array says it is. `id` is the array's own UUID and part of every volume handle; it never changes. */
export interface ArrayIdentity {
  readonly id: string;
  readonly name: string;
  readonly kind: ArrayKind;
  readonly model: string;
  readonly purityVersion: string;
  readonly restVersion: string;
}

/** What the administrator said about an array, without secrets. `endpoint` (MgmtEndPoint) is its key in the fleet. */
export interface ArraySettings {
  readonly endpoint: string;
  readonly kind: ArrayKind;
  readonly labels: Labels;
  readonly cordoned: boolean;
  /** How nodes reach its block volumes; absent: as the cluster does by default. */
  readonly sanType?: SanType;
}

export interface ArrayCapacity {
  readonly totalBytes: number;
  /** Physical bytes in use (Purity `space.total_used`, older `total_physical`). */
  readonly usedBytes: number;
  /** Bytes promised to volumes; null where the array does not say (Evergreen//One). */
  readonly provisionedBytes: number | null;
}

/** Averages over the array's last sample; the array reports no load percentage of its own. */
export interface ArrayLoad {
  readonly iops: number;
  readonly bytesPerSecond: number;
  readonly latencyMicroseconds: number;
  readonly queueMicroseconds: number;
}

/** One successful poll. Immutable. */
export interface ArrayObservation {
  readonly identity: ArrayIdentity;
  readonly capacity: ArrayCapacity;
  /** Null when the array has no sample yet. */
  readonly load: ArrayLoad | null;
  readonly protocols: readonly Protocol[];
  readonly supportsQos: boolean;
  /** Sentences for a person, e.g. `Controller CT1 is not ready.`; the array still works. */
  readonly warnings: readonly string[];
  readonly observedAtMs: number;
}

/** An array as placement sees it: settings, the last good observation, and why it can't be used now, if so. */
export interface ArrayState {
  readonly settings: ArraySettings;
  readonly observation: ArrayObservation | null;
  /** A sentence when the last poll failed or the settings are wrong, else null. */
  readonly trouble: string | null;
}

/** How calls to one array queue in this process, right now. */
export interface ArrayTraffic {
  readonly queued: number;
  readonly running: number;
  /** Falls when the array is overloaded. */
  readonly runningLimit: number;
  /** The array did not answer several times and is left alone for some seconds. */
  readonly isBreakerOpen: boolean;
}

/** All that placement may look at. Frozen, so that a decision can be replayed from it. */
export interface FleetSnapshot {
  readonly takenAtMs: number;
  readonly arrays: readonly ArrayState[];
}
