import type { ArrayObservation, ArraySettings, ArrayTraffic } from '../domain/array.ts';
import type { ArrayExamination } from '../domain/array-check.ts';
import type { DeletedVolume } from '../domain/deleted-volume.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import type { NfsPublishContext, PublishContext } from '../domain/publish-context.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { ArrayUsage, VolumeDetails, VolumeFigures } from '../domain/volume-report.ts';
import type { GroupSnapshot, QosLimits, Snapshot, Volume } from '../domain/volume.ts';

/** Travels with every call: who asks, and until when an answer is of use. */
export interface CallContext {
  readonly requestId: string;
  /** On the injected Clock's monotonic scale. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export type VolumeSource = { readonly kind: 'blank' } | { readonly kind: 'snapshot' | 'volume'; readonly name: string };

/** What only a file system has. */
export interface FileSystemWishes {
  /** Name of an export policy that exists on the array; null: rules of our own, for published nodes only. */
  readonly exportPolicy: string | null;
  /** NFS rules in the array's own words, for everybody they name, beside those of published nodes; null: none. */
  readonly exportRules: string | null;
  /** `.snapshot` in every directory. */
  readonly hasSnapshotDirectory: boolean;
}

export interface CreateVolumeSpec {
  /** Name on the array. Creating the same name again returns the volume that is there, if it fits; else `already-exists`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly qos: QosLimits;
  readonly source: VolumeSource;
  /** Null for a block volume. */
  readonly fileSystem: FileSystemWishes | null;
  /** Self-description (cluster, namespace, claim, class, decision). Keys ≤ 64, values ≤ 256 characters. */
  readonly tags: Readonly<Record<string, string>>;
  /** Protection group of the array to join; its pod is the volume's. */
  readonly protectionGroup?: string | null;
}

export interface PublishSpec {
  readonly volumeName: string;
  readonly node: NodeIdentity;
  /** True for SINGLE_NODE_* access modes: no other host may stay connected. */
  readonly isSingleNode: boolean;
  /** How a file system is to be mounted; a block volume has none. */
  readonly nfs?: NfsWishes;
}

export interface NfsWishes {
  /** From the mount options. */
  readonly version: NfsPublishContext['version'];
  /** From the class; null: the array's own data address. */
  readonly endpoint: string | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; null at the end. */
  readonly next: string | null;
}

/** What somebody wants to know of how an array fills. */
export interface UsageWishes {
  /** Of volumes' names. */
  readonly prefix: string;
  /** Of the history; since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  /** So many volumes at most in each list. */
  readonly most: number;
}

export type UsageOnArray = Pick<ArrayUsage, 'history' | 'largest' | 'busiest'>;

export interface PublishedVolume extends Volume {
  /** Names of the nodes with a connection; of their hosts on the array where the node is not known. */
  readonly hostNames: readonly string[];
}

/** One array that has a volume, of those that hold it together. */
export interface VolumeCopy {
  /** UUID, lower case. */
  readonly arrayId: string;
  readonly arrayName: string;
  /** False while that array does not follow the others, so that nothing must be connected there. */
  readonly isServing: boolean;
}

/** CAPABILITY: pods that several arrays hold together, with the same volumes. */
export interface SharedPods {
  /** By name, with the UUIDs of their arrays, lower case; pods of this array alone are left out. */
  list(call: CallContext): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Names of the nodes that are connected on this array, by volume. */
  publishedNodes(pod: string, call: CallContext): Promise<ReadonlyMap<string, readonly string[]>>;
}

/** CAPABILITY: one instant for several volumes of an array. */
export interface GroupSnapshots {
  /** `group`: a name of this driver's own, for a protection group of just these volumes. Idempotent by it. */
  create(group: string, volumeNames: readonly string[], call: CallContext): Promise<GroupSnapshot>;
  /** Null when there is no live one. */
  find(name: string, call: CallContext): Promise<GroupSnapshot | null>;
  /** Recoverable. `isOurGroup`: the protection group was made for this snapshot alone, and goes with it. */
  delete(name: string, isOurGroup: boolean, call: CallContext): Promise<void>;
}

/**
 * PORT: one array, of block volumes or of file systems, which are called volumes here, too. Writes come first and are then interpreted (no read before a write);
 * each is idempotent by name and throws PsoError, `in-doubt` when the answer was lost.
 */
export interface ArrayBackend {
  readonly settings: ArraySettings;
  /** Absent where the array has no such thing. */
  readonly groupSnapshots?: GroupSnapshots;
  readonly sharedPods?: SharedPods;
  observe(call: CallContext): Promise<ArrayObservation>;
  /** All that can be known by reading, for somebody who thinks of adding the array. */
  examine(call: CallContext): Promise<ArrayExamination>;
  /** Absent where calls do not queue. Reads memory only. */
  traffic?(): ArrayTraffic;

  createVolume(spec: CreateVolumeSpec, call: CallContext): Promise<Volume>;
  /** Null when there is no live volume of that name. */
  findVolume(name: string, call: CallContext): Promise<Volume | null>;
  /** Live volumes among `names`, in one call. */
  findVolumes(names: readonly string[], call: CallContext): Promise<readonly Volume[]>;
  /** Destroys: recoverable until the array eradicates. Succeeds when there is none. Refuses (`precondition`) while connected. */
  deleteVolume(name: string, call: CallContext): Promise<void>;
  /** Whether live snapshots of the volume exist: destroying it would destroy them too. One call. */
  hasSnapshots(volumeName: string, call: CallContext): Promise<boolean>;
  /** Grows to at least `sizeBytes`; returns the new size. Never shrinks: an array's refusal to truncate is success at the old size. */
  expandVolume(name: string, sizeBytes: number, call: CallContext): Promise<number>;
  /** Gets only what the family has. */
  modifyVolume(name: string, changes: VolumeChanges, call: CallContext): Promise<void>;
  listVolumes(
    prefix: string,
    page: { limit: number; token: string | null },
    call: CallContext,
    /** Volumes of other names that are ours, too: imported ones. At most 100. */
    imported?: readonly string[],
  ): Promise<Page<PublishedVolume>>;
  /** Destroyed and not yet eradicated, with names that start with `prefix`; `next` tells that there are more than `limit`. One call. */
  deletedVolumes(prefix: string, limit: number, call: CallContext): Promise<Page<DeletedVolume>>;

  /** Live volumes among `names`, at most 100, as the array sees them now: two or three calls. Asked when somebody looks. */
  volumeFigures(names: readonly string[], call: CallContext): Promise<readonly VolumeFigures[]>;
  /** Of one volume that is there; `nodes` are those connected on this array. */
  volumeDetails(name: string, call: CallContext): Promise<VolumeDetails>;

  /** Its history a day, and which volumes fill it and work most: a handful of calls. Asked when somebody looks. */
  usage(wishes: UsageWishes, call: CallContext): Promise<UsageOnArray>;

  publish(spec: PublishSpec, call: CallContext): Promise<PublishContext>;
  /** CAPABILITY: all arrays that have the volume, this one included; none or one when it is on this array alone. */
  copiesOf?(volumeName: string, call: CallContext): Promise<readonly VolumeCopy[]>;
  /** Null node: from every host of ours. Succeeds when there is no connection. */
  unpublish(volumeName: string, node: NodeIdentity | null, call: CallContext): Promise<void>;
  /** Node names that hold a connection to the volume. */
  publishedNodes(volumeName: string, call: CallContext): Promise<readonly string[]>;

  createSnapshot(volumeName: string, suffix: string, call: CallContext): Promise<Snapshot>;
  deleteSnapshot(name: string, call: CallContext): Promise<void>;
  findSnapshot(name: string, call: CallContext): Promise<Snapshot | null>;
  /** Snapshots of one volume, or of all whose name starts with `prefix`. */
  listSnapshots(
    filter: { readonly prefix: string; readonly volumeName: string | null },
    page: { limit: number; token: string | null },
    call: CallContext,
  ): Promise<Page<Snapshot>>;

  /** Logs out and closes connections. */
  close(): Promise<void>;
}

/** Validated settings of one array. */
export interface ArrayConnection extends ArraySettings {
  /** Never logged, never in an error. */
  readonly apiToken: string;
  /** PEM bundle that signs the array's certificate; null: the system's. */
  readonly caBundle: string | null;
  /** SHA-256 of the array's certificate, hex; when given, only this certificate is accepted. */
  readonly certificateSha256: string | null;
  readonly verifyTls: boolean;
  /** Portals outside are not used, whatever the protocol; empty: all. */
  readonly iscsiAllowedCidrs: readonly string[];
  /** Data address of a FlashBlade; null: the first data interface that the array names. */
  readonly nfsEndpoint: string | null;
}

/** Injected, so that the orchestrator never names a vendor. */
export type BackendFactory = (connection: ArrayConnection) => ArrayBackend;
