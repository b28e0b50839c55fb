import { randomUUID } from 'node:crypto';
import { link, open, rename, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder touches its lock this often … */
const HEARTBEAT_MS = 2_000;
/** … and is taken for dead after this long without a touch. A pid would not do: labs run in pid namespaces. */
const STALE_MS = 15_000;
const POLL_MS = 500;

/** Held while one process builds one artefact. `release` removes the file. */
export interface BuildLock {
  release(): Promise<void>;
}

/**
 * Waits for the lock `file` and takes it; a lock whose holder died is taken over.
 * `waiting` is called once when somebody else holds it. `staleMs` is for tests.
 */
export async function takeLock(file: string, waiting: () => void, staleMs = STALE_MS): Promise<BuildLock> {
  let told = false;
  while (!(await tryCreate(file))) {
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

async function tryCreate(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function held(file: string): BuildLock {
  const touch = (): void => {
    const now = new Date();
    // A lock that is gone was released or taken over: there is nothing to touch.
    utimes(file, now, now).catch(() => undefined);
  };
  const heartbeat = setInterval(touch, HEARTBEAT_MS);
  heartbeat.unref();
  const release = async (): Promise<void> => {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  };
  return { release };
}

async function isStale(file: string, staleMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > staleMs;
  } catch {
    return false;
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

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
