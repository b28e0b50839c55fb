import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ExecArgs, ExecResult } from './protocol.ts';

/** Output that comes after the shell's end (of a child in the background) is waited for only this long. */
const DRAIN_MS = 100;

/** Runs a command line in bash, in a process group of its own, with exact exit code and whole output. */
export function exec({ command, timeoutMs, stdin }: ExecArgs): Promise<ExecResult> {
  return new Promise(resolve => {
    const child = spawn('/bin/bash', ['-c', command], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin ?? '');
    const finish = (code: number): void => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    };
    child.on('error', error => {
      stderr.push(Buffer.from(error.message));
      finish(127);
    });
    child.on('exit', (code, signal) => {
      const exitCode = timedOut ? 124 : (code ?? 128 + (signal ? constants.signals[signal] : 0));
      clearTimeout(timer);
      // After a pause of this process, timers come before what was there to read.
      const drained = setTimeout(() => setImmediate(finish, exitCode), DRAIN_MS);
      child.on('close', () => {
        clearTimeout(drained);
        finish(exitCode);
      });
    });
  });
}
