import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { MARK, pathsUnder, readRunning, type LabPaths } from './state.ts';

let paths: LabPaths;

beforeEach(() => {
  paths = pathsUnder(mkdtempSync(path.join(tmpdir(), 'lab-')));
});
afterEach(() => {
  rmSync(paths.root, { recursive: true });
});

/** A lab whose first process is this one. */
function firstProcess(mark: string, script: string, ...args: readonly string[]) {
  const child = spawn('bash', ['-c', script, script, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, [MARK]: mark },
  });
  const running = { launcherPid: child.pid, initPid: child.pid, userNamespace: false, ports: {} };
  writeFileSync(paths.running, JSON.stringify(running));
  return child;
}

it('is up while its first process is, also in the moment in which that becomes another program', async () => {
  const child = firstProcess(
    paths.root,
    'echo; [ "$1" = 0 ] && exec sleep 60; exec bash -c "$0" "$0" $(($1 - 1))',
    '500',
  );
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => (lines += chunk.length));
  await once(child.stdout, 'data');
  let looks = 0;
  let misses = 0;
  while (lines <= 500) {
    for (let look = 0; look < 100; look += 1) misses += readRunning(paths) ? 0 : 1;
    looks += 100;
    await new Promise(resolve => setImmediate(resolve));
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(looks).toBeGreaterThan(500);
  expect(misses).toBe(0);
  expect(readRunning(paths)).toBeUndefined();
}, 60_000);

it('is not up when a process of somebody else has the number', async () => {
  const child = firstProcess(`${paths.root}-other`, 'echo; exec sleep 60');
  await once(child.stdout, 'data');
  expect(readRunning(paths)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
});
