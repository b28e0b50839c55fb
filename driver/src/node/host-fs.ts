/** PORT: the few file-system calls that the node side needs on /sys, /dev, /proc/self/mountinfo and below the kubelet's root. */
export interface HostFs {
  /** Null when the file does not exist; other failures reject. */
  readText(path: string): Promise<string | null>;
  writeText(path: string, text: string): Promise<void>;
  /** Names in a directory; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>;
  /** Target of a symbolic link, resolved to a real path; null when missing. */
  realPath(path: string): Promise<string | null>;
  kind(path: string): Promise<'directory' | 'file' | 'block-device' | 'symlink' | 'other' | 'missing'>;
  /** mode 0750, parents included. */
  makeDirectory(path: string): Promise<void>;
  /** An empty file: the mount point of a raw block volume. */
  makeFile(path: string): Promise<void>;
  /** Removes an empty directory or a file; never recursive; missing is fine. */
  remove(path: string): Promise<void>;
  /** Bytes at an offset of a block device, read past the page cache. */
  readDevice(path: string, offset: number, length: number): Promise<Uint8Array>;
  /**
   * Whether something has a block device for itself: a mount in whatever namespace, or what is built on it. A process that
   * reads and writes the device does not count. True also where that cannot be told, false for what is not there.
   */
  isClaimed(path: string): Promise<boolean>;
  /** Capacity in bytes and inodes of the file system at path (statvfs). */
  stats(path: string): Promise<FsStats>;
}

export interface FsStats {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly totalInodes: number;
  readonly freeInodes: number;
}
