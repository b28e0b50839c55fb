import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';

const COMMAND = path.join(import.meta.dirname, 'command.ts');
const CHILD = 'console.log(process.pid); setInterval(() => {}, 1000);';
const PARENT = `import { run } from ${JSON.stringify(COMMAND)}; await run(process.execPath, ['-e', ${JSON.stringify(CHILD)}]);`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it.each(['SIGTERM', 'SIGHUP'] as const)('leaves no program behind when it gets %s', async signal => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(line.toString());
  expect(isAlive(child)).toBe(true);
  parent.kill(signal);
  expect(await once(parent, 'exit')).toEqual([null, signal]);
  await eventually('the program has ended', 10_000, () => Promise.resolve(!isAlive(child)));
});
