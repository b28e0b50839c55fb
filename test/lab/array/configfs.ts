import { mkdir, readdir, readFile, readlink, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';

/** The kernel's target configuration. Creating a folder creates the object, a link connects two, removing ends it. */
export const TARGET_CONFIG = '/sys/kernel/config/target';

export async function ensureFolder(folder: string): Promise<void> {
  await ignoring('EEXIST', () => mkdir(folder));
}

export async function ensureLink(target: string, link: string): Promise<void> {
  await ignoring('EEXIST', () => symlink(target, link));
}

export async function removeFolder(folder: string): Promise<void> {
  await ignoring('ENOENT', () => rmdir(folder));
}

export async function removeLink(link: string): Promise<void> {
  await ignoring('ENOENT', () => unlink(link));
}

/** Names in a folder; empty when it does not exist. */
export async function names(folder: string): Promise<readonly string[]> {
  return (await ignoring('ENOENT', () => readdir(folder))) ?? [];
}

/** Where a link leads; undefined when there is none, or none any more: others come and go while one looks. */
export async function linkTarget(link: string): Promise<string | undefined> {
  return ignoring('ENOENT', () => readlink(link));
}

/** What a file says, without its end of line; undefined when the object is gone. */
export async function read(file: string): Promise<string | undefined> {
  return (await ignoring('ENOENT', () => readFile(file, 'utf8')))?.trim();
}

export async function write(file: string, value: string): Promise<void> {
  await writeFile(file, value);
}

async function ignoring<T>(code: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  }
}
