import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runLogged } from './command.ts';

describe('logged command', () => {
  let folder: string;
  let log: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'command-'));
    log = path.join(folder, 'log');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('appends command and output to the log, at lower priority, with its own environment and input', async () => {
    const options = { env: { GREETING: 'hello' }, input: 'world', cwd: folder };
    await runLogged(log, 'bash', ['-c', 'echo "$GREETING $(cat) $(pwd)"; nice >&2'], options);
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    expect(lines[0]).toMatch(/^\$ bash -c /);
    expect(lines).toContain(`hello world ${folder}`);
    expect(Number(lines.at(-1))).toBeGreaterThanOrEqual(5);
  });

  it('writes standard output to a file when asked', async () => {
    const stdoutFile = path.join(folder, 'out');
    await runLogged(log, 'echo', ['answer'], { stdoutFile });
    expect(await readFile(stdoutFile, 'utf8')).toBe('answer\n');
  });

  it('says how a command ended and which log to read', async () => {
    await expect(runLogged(log, 'bash', ['-c', 'kill -9 $$'])).rejects.toThrow(/'bash' ended with signal SIGKILL/);
    await expect(runLogged(log, 'no-such-command', [])).rejects.toMatchObject({
      message: expect.stringContaining('no-such-command'),
      nextStep: expect.stringContaining(log),
    });
  });

  it('leaves no command behind when the builder is killed', async () => {
    const script = `(await import('./command.ts')).runLogged(${JSON.stringify(log)}, 'sleep', ['60'])`;
    const builder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      stdio: 'ignore',
    });
    const pid = await eventually(() => childOf(builder.pid ?? 0, 'sleep'));
    builder.kill('SIGKILL');
    expect(await eventually(() => Promise.resolve(!existsSync(`/proc/${pid}`)))).toBe(true);
  });
});

/** Pid of a process's only child once it runs that program. */
async function childOf(parent: number, program: string): Promise<string | false> {
  const child = (await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')).trim();
  if (child === '') return false;
  return (await readFile(`/proc/${child}/comm`, 'utf8')).trim() === program && child;
}

async function eventually<T>(check: () => Promise<T | false>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const result = await check();
    if (result !== false) return result;
    await sleep(25);
  }
  throw new Error('did not come to pass within 5 s');
}
