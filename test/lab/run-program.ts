import { spawn } from 'node:child_process';
import { LabError } from './lab-error.ts';

export interface RunResult {
  /** Exit code; 128 + signal number's usual shell meaning is not imitated: a signal or a time-out gives -1. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs a program to its end and collects its output; rejects only when it cannot be started or the time is up. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...options.env }, cwd: options.cwd, detached: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends before it has read its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    const shown = `${program} ${args.slice(0, 4).join(' ')}`;
    const timer = setTimeout(() => {
      if (child.pid !== undefined) killGroup(child.pid);
      const said = Buffer.concat(stderr).toString().slice(-300);
      reject(new LabError(`${shown} did not end within ${timeoutMs} ms. ${said}`, 'Look at the lab’s logs.'));
    }, timeoutMs);
    child.on('error', error => {
      clearTimeout(timer);
      reject(new LabError(`${shown} cannot be started: ${error.message}.`, 'Is the program installed?', error));
    });
    child.on('close', code => {
      clearTimeout(timer);
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** Like `runProgram`, but any exit code other than 0 is an error that carries the program's last words. */
export async function runOrFail(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await runProgram(program, args, options);
  if (result.code === 0) return result.stdout;
  const words = (result.stderr || result.stdout).trim().slice(-600);
  throw new LabError(`${program} ${args.join(' ').slice(0, 200)} ended with ${result.code}: ${words}.`, '');
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in the same moment.
  }
}
