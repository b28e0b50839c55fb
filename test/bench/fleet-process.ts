import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../scripts/image/bundle.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';
import type { ArrayAccess } from '../support/controller-process.ts';

export interface FleetAccess extends ArrayAccess {
  readonly certificateSha256: string;
}

export interface FleetProcess {
  readonly arrays: readonly FleetAccess[];
  readonly pid: number;
  stop(): Promise<void>;
}

/** Simulated arrays as a process of their own. */
export async function forkFleet(scenario: ScenarioInput): Promise<FleetProcess> {
  const child = fork(path.join(import.meta.dirname, 'serve-fleet.ts'), [JSON.stringify(scenario)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const arrays = await Promise.race([
    once(child, 'message').then(([message]) => message as readonly FleetAccess[]),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The simulated fleet ended with ${String(code)}.`);
    }),
  ]);
  return {
    arrays,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** All threads of a process on one core; false where that is not allowed. */
export function pinToCore(pid: number, core: number): boolean {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Ahead of whatever else runs on the machine, where that is allowed: the figures are to be the program's own. */
export function putFirst(pid: number): boolean {
  try {
    setPriority(pid, -15);
    return true;
  } catch {
    return false;
  }
}

/** The driver as the image has it: bundled. `main` is the program. */
export async function writeBundle(): Promise<{ readonly main: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'pso-bundle-'));
  for (const { name, content } of await bundle(path.resolve(import.meta.dirname, '../../driver/src/main.ts'))) {
    const file = path.join(dir, name);
    await mkdir(path.dirname(file), { recursive: true });
    if (!Buffer.isBuffer(content)) throw new Error(`${name} is no part of a bundle`);
    await writeFile(file, content);
  }
  return { main: path.join(dir, 'app/main.mjs'), remove: () => rm(dir, { recursive: true }) };
}
