import { randomUUID } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm, stat, utimes } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder touches its lock this often … */
const HEARTBEAT_MS = 2_000;
/** … and is taken for dead after this long without a touch. For holders in other pid namespaces there is no other sign. */
const STALE_MS = 15_000;
const POLL_MS = 500;

/** Held while one process builds one artefact. */
export interface BuildLock {
  /** Removes the lock file. */
  release(): Promise<void>;
}

/**
 * Waits for the lock `file` and takes it; a lock whose holder died is taken over.
 * `waiting` is called once when somebody else holds it. `staleMs` is for tests.
 */
export async function takeLock(file: string, waiting: () => void, staleMs = STALE_MS): Promise<BuildLock> {
  let told = false;
  const holder = await self();
  while (!(await tryCreate(file, holder))) {
    if (await isStale(file, staleMs)) {
      await moveAside(file, staleMs);
      continue;
    }
    if (!told) waiting();
    told = true;
    await sleep(Math.min(POLL_MS, staleMs / 2));
  }
  return held(file);
}

async function tryCreate(file: string, holder: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(holder);
    await handle.close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function held(file: string): BuildLock {
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that is gone was released: there is nothing to touch.
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      await rm(file, { force: true });
    },
  };
}

async function isStale(file: string, staleMs: number): Promise<boolean> {
  try {
    const [{ mtimeMs }, holder] = await Promise.all([stat(file), readFile(file, 'utf8')]);
    return Date.now() - mtimeMs > staleMs || (await isGone(holder));
  } catch {
    return false; // released meanwhile
  }
}

/** Only one of several waiters wins the rename; one that catches a fresh lock by accident puts it back. */
async function moveAside(file: string, staleMs: number): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if (!(await isStale(aside, staleMs))) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Pid namespace, pid and start time of this process, which no later process shares. */
async function self(): Promise<string> {
  return [await pidNamespace(), process.pid, await startTime(process.pid)].join(' ');
}

async function isGone(holder: string): Promise<boolean> {
  const [namespace, pid, started] = holder.split(' ');
  if (pid === undefined || namespace !== (await pidNamespace())) return false;
  try {
    return (await startTime(Number(pid))) !== started;
  } catch {
    return true;
  }
}

const pidNamespace = (): Promise<string> => readlink('/proc/self/ns/pid');

/** Clock ticks after boot, field 22 of proc(5)'s stat; the name before it may hold blanks. */
async function startTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
