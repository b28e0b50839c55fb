import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Artefact } from './artefact.ts';
import { takeLock } from './build-lock.ts';
import { cacheRoot, lastUse, pathOf, useFile } from './cache.ts';

const run = promisify(execFile);

/** Another clone or branch may still need what the present one does not: it is spared this long after its last use. */
export const SPARED_DAYS = 14;
const SPARED_MS = SPARED_DAYS * 24 * 60 * 60 * 1000;

/** A folder `<cache>/<artefact>/<key>` that nothing needs. */
export interface UnusedBuild {
  readonly folder: string;
  readonly lastUse: Date;
}

/**
 * Builds that `known` artefacts do not name with their present inputs, last used more than 14 days before `now`, and
 * named by no running process. Oldest first. Everything else in the cache (downloads, logs of labs, …) is no build.
 */
export async function unusedBuilds(known: readonly Artefact[], now: Date): Promise<readonly UnusedBuild[]> {
  const present = new Set(await Promise.all(known.map(pathOf)));
  const running = await commandLines();
  const found: UnusedBuild[] = [];
  for (const folder of await buildFolders()) {
    if (present.has(folder) || running.includes(folder)) continue;
    const used = await lastUse(folder);
    if (now.getTime() - used.getTime() > SPARED_MS) found.push({ folder, lastUse: used });
  }
  return found.sort((a, b) => a.lastUse.getTime() - b.lastUse.getTime());
}

/** Removes a build with its log; false when it was used since it was listed, and therefore is still there. */
export async function removeUnused({ folder, lastUse: listed }: UnusedBuild): Promise<boolean> {
  const lock = await takeLock(`${folder}.lock`, () => undefined);
  try {
    if (!existsSync(folder) || (await lastUse(folder)) > listed) return false;
    // A folder that is half gone must not be taken for a whole one, however this ends.
    const doomed = `${folder}.tmp-prune`;
    await rename(folder, doomed);
    for (const file of [doomed, `${folder}.log`, useFile(folder)]) await rm(file, { recursive: true, force: true });
    return true;
  } finally {
    await lock.release();
  }
}

/** Bytes on the disk; holes of sparse files do not count. */
export async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sk', folder]);
  return Number.parseInt(stdout, 10) * 1024;
}

async function buildFolders(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const artefact of await foldersIn(cacheRoot())) {
    for (const folder of await foldersIn(artefact))
      if (/^[0-9a-f]{16}$/.test(path.basename(folder))) found.push(folder);
  }
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory()).map(entry => path.join(folder, entry.name));
}

/** Of all processes that may be looked at. A lab's kernel, disks and programs are in the command lines of its processes. */
async function commandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter(entry => /^\d+$/.test(entry));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.join('\n');
}
