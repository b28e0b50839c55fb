import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { LabError } from './lab-error.ts';

/** Environment variable that every process of a lab carries; its value is the lab's state folder. */
export const MARK = 'PURE_PSO_LAB_MARK';

/** What is on disk of one lab. Guest memory and etcd live in `scratch`, a tmpfs only the lab's own mount namespace sees. */
export interface LabPaths {
  readonly root: string;
  readonly config: string;
  readonly controlSocket: string;
  readonly kubeconfig: string;
  readonly running: string;
  /** Kept after the lab's end, until a lab of this name starts again. */
  readonly logs: string;
  readonly scratch: string;
  /** Seen by every guest as `/lab`. */
  readonly share: string;
}

/** Written by the launcher once the namespaces exist. Pids are the host's. */
export interface RunningLab {
  readonly launcherPid: number;
  readonly initPid: number;
  readonly userNamespace: boolean;
  /** Host ports by forward name; `apiserver` is always there. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Folder of all labs of this user. */
export function labsFolder(): string {
  return process.env['PURE_PSO_LAB_HOME'] ?? path.join(homedir(), '.cache', 'pure-pso', 'lab');
}

export function labPaths(name: string): LabPaths {
  return pathsUnder(path.join(labsFolder(), name));
}

/** The same for a state folder that is known already, as inside the namespaces. */
export function pathsUnder(root: string): LabPaths {
  const controlSocket = path.join(root, 'control.sock');
  if (controlSocket.length > 100) {
    throw new LabError(
      `The lab's folder ${root} has too long a path for a Unix socket.`,
      'Set PURE_PSO_LAB_HOME to a shorter one.',
    );
  }
  return {
    root,
    config: path.join(root, 'config.json'),
    controlSocket,
    kubeconfig: path.join(root, 'kubeconfig'),
    running: path.join(root, 'running.json'),
    logs: path.join(root, '..', '..', 'lab-logs', path.basename(root)),
    scratch: path.join(root, 'scratch'),
    share: path.join(root, 'share'),
  };
}

/** The running lab of that folder, or undefined when none is up (its processes are looked at, not only the file). */
export function readRunning(paths: LabPaths): RunningLab | undefined {
  if (!existsSync(paths.running)) return undefined;
  const running = JSON.parse(readFileSync(paths.running, 'utf8')) as RunningLab;
  return carriesMarkSoon(running.initPid, paths.root) ? running : undefined;
}

/** A process that becomes another program has no environment for a moment, or a part of it; a busy machine makes that long. */
const LOOKS = 2500;
const BETWEEN_LOOKS_MS = 2;

function carriesMarkSoon(pid: number, root: string): boolean {
  let last: string | null = '';
  for (let look = 0; look < LOOKS; look += 1) {
    const environment = environmentOf(pid);
    if (hasMark(environment, root)) return true;
    if (environment === null || (environment !== '' && environment === last)) return false;
    if (environment === '' && hasEnded(pid)) return false;
    last = environment;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS_MS);
  }
  return false;
}

/** It has, but nobody has asked for its exit code yet. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** Whether a process has this lab's mark in its environment; false for processes of others that may not be read. */
export const carriesMark = (pid: number, root: string): boolean => hasMark(environmentOf(pid), root);

const hasMark = (environment: string | null, root: string): boolean =>
  environment?.split('\0').includes(`${MARK}=${root}`) === true;

/** Null: it has ended, or may not be read. */
function environmentOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return null;
  }
}
