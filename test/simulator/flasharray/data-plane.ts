/**
 * PORT: what really happens to data behind the simulated array. `noDataPlane` keeps everything in memory;
 * a lab drives a real iSCSI target with it.
 *
 * Each method is awaited inside the request, after it was validated and before it is answered. When one throws, the
 * caller gets HTTP 500 and the simulated array's state stays as it was; so each must be repeatable: a second call with
 * the same arguments, after a first that half succeeded, ends well.
 * Calls of one array never overlap; calls of different arrays may.
 * Objects are known by serial (24 hex digits, upper case, never used twice); names are for logs only: they can change.
 */
export interface DataPlane {
  /** Once for each array, before its first request is answered. */
  prepare(array: DataPlaneArray): Promise<void>;
  /** A new, blank volume: it reads as zeros. */
  volumeCreated(volume: DataPlaneVolume): Promise<void>;
  /** `to` gets the data of `fromSerial` (a volume or a snapshot) as it is now. With `isOverwrite`, `to` exists and may be connected. */
  volumeCloned(clone: DataPlaneClone): Promise<void>;
  /** A point-in-time copy. All snapshots of one request arrive in one call: they must be of one instant. */
  snapshotsTaken(snapshots: readonly DataPlaneSnapshot[]): Promise<void>;
  /** Grown, or truncated; connected initiators see the new size after a rescan. */
  volumeResized(volume: DataPlaneVolume): Promise<void>;
  /** The initiators now see the volume under `lun` (SCSI) or `nsid` (NVMe), through every portal of the array. */
  connected(connection: DataPlaneConnection): Promise<void>;
  /** They no longer do. */
  disconnected(connection: DataPlaneConnection): Promise<void>;
  /** Data may be freed. Destroying calls nothing: data is kept until eradication. */
  volumeEradicated(serial: string): Promise<void>;
  snapshotEradicated(serial: string): Promise<void>;
}

export interface DataPlaneArray {
  /** The array's name, for logs. */
  readonly name: string;
  /** Target IQN, the same on all portals. */
  readonly iqn: string;
  /** `ip:port` of each iSCSI portal, e.g. `10.66.1.50:3260`; empty: it speaks no iSCSI. */
  readonly portals: readonly string[];
  /** NVMe subsystem, the same on all portals. */
  readonly nqn: string;
  /** `ip:port` of each NVMe/TCP portal, e.g. `10.66.1.50:4420`; empty: it speaks no NVMe/TCP. */
  readonly nvmeTcpPortals: readonly string[];
  /** The same for NVMe/RoCE. */
  readonly nvmeRocePortals: readonly string[];
  /** Fibre Channel ports, 16 hex digits each, upper case, without colons; empty: it speaks no Fibre Channel. */
  readonly wwns: readonly string[];
}

export interface DataPlaneVolume {
  /** Target IQN of its array. */
  readonly arrayIqn: string;
  readonly name: string;
  /** 24 hex digits, upper case. SCSI: WWID `3624a9370` + serial in lower case; vendor `PURE`, product `FlashArray`. */
  readonly serial: string;
  readonly sizeBytes: number;
}

export interface DataPlaneClone {
  readonly fromSerial: string;
  readonly to: DataPlaneVolume;
  readonly isOverwrite: boolean;
}

export interface DataPlaneSnapshot {
  readonly arrayIqn: string;
  readonly volumeSerial: string;
  readonly snapshotSerial: string;
  readonly sizeBytes: number;
}

/** One host's way to one volume. A host without initiators is not reported. */
export type DataPlaneConnection = DataPlaneScsiConnection | DataPlaneNvmeConnection;

export interface DataPlaneScsiConnection {
  readonly transport: 'scsi';
  readonly arrayIqn: string;
  readonly serial: string;
  /** Initiator IQNs of the host, in the spelling given by the client; empty: it has only WWNs. */
  readonly initiators: readonly string[];
  /** Fibre Channel ports of the array. */
  readonly arrayWwns: readonly string[];
  /** Initiator WWNs of the host, 16 hex digits each, upper case, without colons. */
  readonly wwns: readonly string[];
  /** 1 … 4095. */
  readonly lun: number;
  /** What iSCSI logins of the host must prove; null: nothing. Secret: for the target only, never for logs. */
  readonly chap: DataPlaneChap | null;
}

export interface DataPlaneChap {
  readonly hostUser: string | null;
  readonly hostPassword: string | null;
  /** Set: the target proves itself, too. */
  readonly targetUser: string | null;
  readonly targetPassword: string | null;
}

export interface DataPlaneNvmeConnection {
  readonly transport: 'nvme';
  readonly arrayNqn: string;
  /** NGUID: `00` + serial[0:14] + `24a937` + serial[14:24], lower case. */
  readonly serial: string;
  readonly nqns: readonly string[];
  /** 1 … 4095. */
  readonly nsid: number;
}

/** A module given to `--data-plane` exports `createDataPlane` of this type. */
export type CreateDataPlane = () => Promise<DataPlane> | DataPlane;
