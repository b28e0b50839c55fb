/** `0` bytes/ops per second means no limit. Ranges: 100…100,000,000 IOPS, 1 MiB/s…512 GiB/s (REST 2.x `qos`). */
export interface QosLimits {
  readonly iopsLimit: number;
  readonly bandwidthLimitBytesPerSecond: number;
}

/** `<array UUID>/<name on the array>`: finds a volume without any state of ours. */
export interface VolumeHandle {
  readonly arrayId: string;
  readonly name: string;
}

const HANDLE = /^(?<arrayId>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(?<name>.*)$/i;
/** Names of an array's objects: realms and pods end in `::`, volume groups in `/`, snapshots have suffixes after `.`. */
const NAME = /^[A-Za-z0-9][\w-]*(?:::[A-Za-z0-9][\w-]*){0,2}(?:\/[A-Za-z0-9][\w-]*)?(?:\.[A-Za-z0-9][\w-]*){0,2}$/;
const MAX_NAME = 255;

export const isObjectName = (text: string): boolean => text.length <= MAX_NAME && NAME.test(text);

export const formatHandle = (handle: VolumeHandle): string => `${handle.arrayId}/${handle.name}`;

/** Null for anything that this driver did not issue: see orchestrator/handle-resolver.ts. */
export function parseHandle(text: string): VolumeHandle | null {
  const groups = HANDLE.exec(text)?.groups;
  return groups?.arrayId && isObjectName(groups.name ?? '') && groups.name
    ? { arrayId: groups.arrayId.toLowerCase(), name: groups.name }
    : null;
}

/** `realm::pod` of `realm::pod::volume`, `pod` of `pod::volume`; null for an object that is in none. */
export const podOf = (name: string): string | null => /^(.+)::/.exec(name)?.[1] ?? null;

/** Whether the driver gave the name: in a pod or not, never in a volume group. `prefix` is `<cluster>-`. */
export const isOwnName = (name: string, prefix: string): boolean =>
  !name.includes('/') && name.slice((podOf(name)?.length ?? -2) + 2).startsWith(prefix);

/** The volume of `vol.suffix`, `pod::vol.suffix` or, as a protection group's member, `pg.suffix.vol` and `pod::pg.suffix.vol`. */
export function volumeOfSnapshot(name: string): string {
  const [stem = '', , member] = name.split('.');
  if (member === undefined) return stem;
  const pod = /^.*::/.exec(stem)?.[0] ?? '';
  return `${pod}${member}`;
}

/** `pg.suffix` of the member `pg.suffix.vol`; null for a snapshot of one volume. */
export function groupOfSnapshot(name: string): string | null {
  const [group = '', suffix = '', member] = name.split('.');
  return member === undefined ? null : `${group}.${suffix}`;
}

/** A volume as the array reports it. */
export interface Volume {
  readonly handle: VolumeHandle;
  readonly sizeBytes: number;
  /** 24 upper-case hex digits; the SCSI WWID is `3624a9370` + serial in lower case. Null for a file system. */
  readonly serial: string | null;
  readonly qos: QosLimits;
  /** Null for a blank volume. */
  readonly sourceName: string | null;
  readonly createdAtMs: number;
  /** Destroyed volumes keep their name until the array eradicates them. */
  readonly isDestroyed: boolean;
}

export interface Snapshot {
  /** Handle whose name is `<volume>.<suffix>`. */
  readonly handle: VolumeHandle;
  readonly source: VolumeHandle;
  readonly sizeBytes: number;
  readonly createdAtMs: number;
}

/** Snapshots of several volumes at one instant. */
export interface GroupSnapshot {
  /** Handle whose name is `<protection group>.<suffix>`. */
  readonly handle: VolumeHandle;
  readonly createdAtMs: number;
  /** Named `<protection group>.<suffix>.<volume>`. */
  readonly members: readonly Snapshot[];
}

/** As SCSI shows it, iSCSI and Fibre Channel alike. */
export const wwidOf = (serial: string): string => `3624a9370${serial.toLowerCase()}`;

/** As NVMe shows it: the NGUID holds the vendor's OUI in the middle of the serial (Purity REST 2.x). */
export const nvmeWwidOf = (serial: string): string =>
  `eui.00${serial.slice(0, 14)}24a937${serial.slice(14)}`.toLowerCase();
