import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Artefact } from './artefact.ts';

/** Folder of all artefacts: `PURE_PSO_CACHE`, else `~/.cache/pure-pso`. */
export function cacheRoot(): string {
  return path.resolve(process.env['PURE_PSO_CACHE'] ?? path.join(homedir(), '.cache', 'pure-pso'));
}

/** First 16 hex digits of the sha256 over the artefact's inputs and the keys of what it needs. */
export async function keyOf(artefact: Artefact): Promise<string> {
  const hash = createHash('sha256');
  const part = (text: string): void => void hash.update(`${Buffer.byteLength(text)}:${text}`);
  const { files, values } = await artefact.inputs();
  part(artefact.name);
  for (const value of values) part(value);
  for (const file of files) {
    for (const { name, content } of await contentsBelow(file)) {
      part(name);
      part(createHash('sha256').update(content).digest('hex'));
    }
  }
  for (const need of artefact.needs) part(await keyOf(need));
  return hash.digest('hex').slice(0, 16);
}

/** Where the artefact is, or will be, for its present inputs. */
export async function pathOf(artefact: Artefact): Promise<string> {
  return path.join(cacheRoot(), artefact.name, await keyOf(artefact));
}

/** File whose time is that of the last use of a build's folder; beside it, so that using a build changes nothing in it. */
export const useFile = (folder: string): string => `${folder}.used`;

/** Notes that a build is used now. */
export async function noteUse(folder: string): Promise<void> {
  // A cache that this user may only read serves as well.
  await writeFile(useFile(folder), `${new Date().toISOString()}\n`).catch(() => undefined);
}

/** When a build was last asked for; when it was made, if no use was noted. */
export async function lastUse(folder: string): Promise<Date> {
  // What is inside may bring along any modification time of its own; the time of the inode's change is this machine's.
  return (await stat(useFile(folder)).catch(() => undefined))?.mtime ?? (await stat(folder)).ctime;
}

interface NamedContent {
  /** Relative to the file or folder asked for, so that a moved clone keeps its keys. */
  readonly name: string;
  readonly content: Buffer;
}

async function contentsBelow(file: string): Promise<readonly NamedContent[]> {
  if (!(await stat(file)).isDirectory()) return [{ name: path.basename(file), content: await readFile(file) }];
  const entries = await readdir(file, { recursive: true, withFileTypes: true });
  const names = entries
    .filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(entry => path.relative(file, path.join(entry.parentPath, entry.name)))
    .sort();
  return Promise.all(names.map(async name => ({ name, content: await readFile(path.join(file, name)) })));
}

/** Seconds a build of this artefact is expected to take: its last duration here, else the estimate in the code. */
export async function expectedSeconds(artefact: Artefact): Promise<number> {
  try {
    const seconds = Number(await readFile(secondsFile(artefact), 'utf8'));
    return seconds > 0 ? seconds : artefact.estimateSeconds;
  } catch {
    return artefact.estimateSeconds; // never built here
  }
}

/** Remembers how long the build took, for the next estimate. */
export async function rememberSeconds(artefact: Artefact, seconds: number): Promise<void> {
  await mkdir(path.dirname(secondsFile(artefact)), { recursive: true });
  await writeFile(secondsFile(artefact), Math.max(seconds, 0.1).toFixed(1));
}

const secondsFile = (artefact: Artefact): string => path.join(cacheRoot(), artefact.name, 'last-build-seconds');
