import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { carriesMark, labPaths, labsFolder, pathsUnder, readRunning } from './state.ts';

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Processes that carry the mark of that lab, found in /proc: by the lab's own mark, never by program name. */
export function markedProcesses(root: string): readonly MarkedProcess[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/u.test(entry))
    .map(Number)
    .filter(pid => pid !== process.pid && carriesMark(pid, root))
    .map(pid => ({ pid, command: commandOf(pid) }));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 120).trim();
  } catch {
    return '(ended)';
  }
}

/** A lab's folder exists for a moment before its processes do; a sweep over all labs must not take it away. */
const START_WINDOW_MS = 60_000;

function isStarting(root: string): boolean {
  const changed = statSync(root, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - changed < START_WINDOW_MS && !existsSync(pathsUnder(root).running);
}

export interface Leftovers {
  readonly processes: readonly MarkedProcess[];
  /** State folders of labs that are not running. */
  readonly folders: readonly string[];
}

/** What labs that are not running any more have left on this machine. Empty after every proper or improper end. */
export function leftovers(name?: string): Leftovers {
  const roots = labRoots(name).filter(root => readRunning(pathsUnder(root)) === undefined);
  return { processes: roots.flatMap(markedProcesses), folders: roots.filter(root => existsSync(root)) };
}

function labRoots(name?: string): readonly string[] {
  if (name !== undefined) return [labPaths(name).root];
  if (!existsSync(labsFolder())) return [];
  return readdirSync(labsFolder())
    .map(entry => path.join(labsFolder(), entry))
    .filter(root => !isStarting(root));
}

/**
 * Removes what `leftovers` finds and returns what there was. Labs that run are not touched.
 * A dying lab takes about two seconds to free 80 processes, so callers that assert emptiness use `awaitEmpty` first.
 */
export async function sweep(name?: string): Promise<Leftovers> {
  const found = leftovers(name);
  for (let round = 0; round < 3; round += 1) {
    const { processes } = leftovers(name);
    if (processes.length === 0) break;
    for (const { pid } of processes) killQuietly(pid);
    await sleep(300);
  }
  for (const folder of found.folders) rmSync(folder, { recursive: true, force: true });
  return found;
}

/** Waits until no process carries the lab's mark; returns those that are left at the time limit. */
export async function awaitNoProcess(root: string, limitMs = 60_000): Promise<readonly MarkedProcess[]> {
  const end = performance.now() + limitMs;
  let left = markedProcesses(root);
  while (left.length > 0 && performance.now() < end) {
    await sleep(50);
    left = markedProcesses(root);
  }
  return left;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the look and the signal.
  }
}
