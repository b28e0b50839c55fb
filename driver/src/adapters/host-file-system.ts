import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, realpath, rmdir, statfs, unlink, writeFile } from 'node:fs/promises';
import type { FsStats, HostFs } from '../node/host-fs.ts';

const ALIGNMENT = 4096;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Runs `work`; what does not exist becomes `otherwise`. */
async function unlessMissing<Result, Other>(work: Promise<Result>, otherwise: Other): Promise<Result | Other> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return otherwise;
    throw error;
  }
}

type Kind = Awaited<ReturnType<HostFs['kind']>>;

async function kindOf(path: string): Promise<Kind> {
  const stats = await unlessMissing(lstat(path), null);
  if (stats === null) return 'missing';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFile()) return 'file';
  if (stats.isBlockDevice()) return 'block-device';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

async function removeOne(path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'missing') return;
  await unlessMissing(kind === 'directory' ? rmdir(path) : unlink(path), undefined);
}

/** sysfs attributes and devices want one write to an existing file; ordinary files are made, and readable for root only. */
async function write(path: string, text: string): Promise<void> {
  if (path.startsWith('/sys/') || path.startsWith('/dev/')) {
    const file = await open(path, constants.O_WRONLY);
    try {
      await file.write(text);
    } finally {
      await file.close();
    }
    return;
  }
  await writeFile(path, text, { mode: 0o600, flush: true });
}

/**
 * O_DIRECT needs a buffer on a page border: a Buffer is not on one, a resizable ArrayBuffer is (it has pages of its own).
 * The page cache must not answer: it may hold what another volume had at the same device number.
 */
async function readDirect(path: string, offset: number, length: number): Promise<Uint8Array> {
  const start = Math.floor(offset / ALIGNMENT) * ALIGNMENT;
  const end = Math.ceil((offset + length) / ALIGNMENT) * ALIGNMENT;
  const buffer = new Uint8Array(new ArrayBuffer(end - start, { maxByteLength: end - start }));
  const file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
  try {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const from = offset - start;
    return buffer.slice(from, Math.max(from, Math.min(from + length, filled)));
  } finally {
    await file.close();
  }
}

/** By claiming it for a moment (open(2): O_EXCL of a block device). */
async function isClaimed(path: string): Promise<boolean> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_EXCL);
    await file.close();
    return false;
  } catch (error) {
    return !['ENOENT', 'ENXIO', 'ENODEV'].includes(codeOf(error));
  }
}

async function stats(path: string): Promise<FsStats> {
  const { bsize, blocks, bavail, bfree, files, ffree } = await statfs(path);
  return {
    totalBytes: blocks * bsize,
    availableBytes: bavail * bsize,
    usedBytes: (blocks - bfree) * bsize,
    totalInodes: files,
    freeInodes: ffree,
  };
}

/** The machine's own file system. */
export const hostFileSystem: HostFs = {
  readText: path => unlessMissing(readFile(path, 'utf8'), null),
  writeText: write,
  list: path => unlessMissing(readdir(path), []),
  realPath: path => unlessMissing(realpath(path), null),
  kind: kindOf,
  makeDirectory: async path => {
    await mkdir(path, { recursive: true, mode: 0o750 });
  },
  makeFile: async path => {
    const file = await open(path, constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW, 0o640);
    await file.close();
  },
  remove: removeOne,
  readDevice: readDirect,
  isClaimed,
  stats,
};
