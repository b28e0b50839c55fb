/**
 * PORT: what really happens to files behind a simulated FlashBlade. Without one, file systems hold no files;
 * a lab drives a real NFS server with it.
 *
 * Each method is awaited inside the request, after it was validated and before it is answered. When one throws, the
 * caller gets HTTP 500 and the simulated array's state stays as it was; so each must be repeatable: a second call with
 * the same arguments, after a first that half succeeded, ends well.
 * Calls of one array never overlap; calls of different arrays may.
 * File systems and snapshots are known by `id` (UUID, never used twice); names can change hands: a name may come again
 * after its file system was eradicated.
 */
export interface FileDataPlane {
  /** Once for each array, before its first request is answered. */
  prepare(array: FileDataPlaneArray): Promise<void>;
  /** A new file system: empty, or with the files of `source`. It has no exports yet; `exportRulesChanged` follows. */
  fileSystemCreated(fileSystem: FileDataPlaneFileSystem, source: FileDataPlaneSnapshotSource | null): Promise<void>;
  /** Grown or shrunk, or its limit became hard or soft; clients see the new size without mounting again. */
  fileSystemResized(fileSystem: FileDataPlaneFileSystem): Promise<void>;
  /** Its files are now those of one of its snapshots; it stays exported and may be mounted. */
  fileSystemRestored(fileSystem: FileDataPlaneFileSystem, source: FileDataPlaneSnapshotSource): Promise<void>;
  /**
   * All that may mount it from now on: what is not listed loses access at once, also when it is mounted.
   * Rules are tried in order, the first whose client fits decides; none fits: refused. Empty: not exported.
   */
  exportRulesChanged(
    fileSystem: Pick<FileDataPlaneFileSystem, 'array' | 'id' | 'name'>,
    rules: readonly FileDataPlaneRule[],
  ): Promise<void>;
  /** Nobody can mount it, mounts of it get errors; files are kept. */
  fileSystemDestroyed(fileSystem: Pick<FileDataPlaneFileSystem, 'array' | 'id' | 'name'>): Promise<void>;
  /** Files are as they were; `exportRulesChanged` follows. */
  fileSystemRecovered(fileSystem: FileDataPlaneFileSystem): Promise<void>;
  /** Files may be freed; its snapshots were eradicated before. */
  fileSystemEradicated(id: string): Promise<void>;
  /** A point-in-time copy, shown read-only in `.snapshot/<suffix>` where the file system shows its snapshot directory. */
  snapshotTaken(snapshot: FileDataPlaneSnapshot): Promise<void>;
  snapshotEradicated(id: string): Promise<void>;
}

export interface FileDataPlaneArray {
  /** The array's name; unique in a fleet. */
  readonly name: string;
  /** IP address that serves NFS: the array's data VIP. */
  readonly dataAddress: string;
}

export interface FileDataPlaneFileSystem {
  /** Name of its array. */
  readonly array: string;
  readonly id: string;
  /** Clients mount `<data address>:/<name>`. */
  readonly name: string;
  /** Null: as large as the array. */
  readonly provisionedBytes: number | null;
  /** Writes beyond the size fail with ENOSPC; otherwise the size is a wish. */
  readonly hardLimit: boolean;
  /** `.snapshot` is to be seen. */
  readonly snapshotDirectory: boolean;
}

export interface FileDataPlaneSnapshotSource {
  readonly fileSystemId: string;
  readonly snapshotId: string;
}

export interface FileDataPlaneSnapshot {
  readonly array: string;
  readonly fileSystemId: string;
  readonly id: string;
  /** Without the file system's name, e.g. `before`. */
  readonly suffix: string;
}

export interface FileDataPlaneRule {
  /** `*`, an address, `10.0.0.0/24`, a host name with wildcards, `@netgroup`. */
  readonly client: string;
  readonly permission: 'rw' | 'ro';
  readonly access: 'no-squash' | 'root-squash' | 'all-squash';
  /** Protocols of the export; the same for all rules of one file system. Never empty. */
  readonly versions: readonly ('3' | '4.1')[];
}

/** A module given to `--data-plane` exports `createFileDataPlane` of this type, beside `createDataPlane`. */
export type CreateFileDataPlane = () => Promise<FileDataPlane> | FileDataPlane;
