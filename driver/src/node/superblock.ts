import type { FsType } from './option-tokens.ts';

/** Bytes at the start of a device that hold both kinds of superblock. */
export const SUPERBLOCK_BYTES = 4096;

/**
 * Size in bytes that a file system says it has, from the start of its unmounted device; null when it is not there.
 * ext4: superblock at 1024, little endian (fs/ext4/ext4.h); xfs: at 0, big endian (fs/xfs/libxfs/xfs_format.h).
 */
export function sizeInSuperblock(fsType: FsType, start: Uint8Array): number | null {
  if (start.length < SUPERBLOCK_BYTES) return null;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (fsType === 'xfs') {
    if (view.getUint32(0) !== 0x58465342) return null;
    return view.getUint32(4) * Number(view.getBigUint64(8));
  }
  if (view.getUint16(1024 + 0x38, true) !== 0xef53) return null;
  const has64bit = (view.getUint32(1024 + 0x60, true) & 0x80) !== 0;
  const high = has64bit ? view.getUint32(1024 + 0x150, true) : 0;
  const blocks = high * 2 ** 32 + view.getUint32(1024 + 0x4, true);
  return blocks * 1024 * 2 ** view.getUint32(1024 + 0x18, true);
}
