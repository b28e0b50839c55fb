/** Arguments of the array guest's operations on file systems. Ids are UUIDs, sizes bytes. */
export interface PrepareFilesArgs {
  /** Name of the simulated array. */
  readonly array: string;
  /** Address that its NFS server gets, on one of the lab's fabrics. */
  readonly address: string;
}

export interface FileSystemArgs {
  readonly array: string;
  readonly id: string;
  readonly name: string;
}

export interface SizedFileSystemArgs extends FileSystemArgs {
  /** 0: as large as the pool. */
  readonly sizeBytes: number;
  /** false: the size is shown and may be exceeded. */
  readonly isHard: boolean;
}

export interface FilledFileSystemArgs extends SizedFileSystemArgs {
  /** Snapshot whose files it gets; null for an empty one. */
  readonly snapshotId: string | null;
}

export interface ExportsArgs extends FileSystemArgs {
  /** As in exports(5): client and options. */
  readonly clients: readonly { readonly client: string; readonly options: readonly string[] }[];
}

export interface SnapshotArgs {
  readonly fileSystemId: string;
  readonly id: string;
}

export interface FileIdArgs {
  readonly id: string;
}

/** What exists in the array guest, for tests. */
export interface FileInventory {
  /** Ids with files. */
  readonly fileSystems: readonly string[];
  readonly snapshots: readonly string[];
  /** `array`, `/name client(options)` of every export. */
  readonly exports: readonly { readonly array: string; readonly line: string }[];
}
