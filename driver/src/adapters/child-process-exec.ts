import { spawn } from 'node:child_process';
import { PsoError } from '../domain/errors.ts';
import type { Exec, ExecOptions, ExecResult } from '../node/exec.ts';

const MAX_OUTPUT_BYTES = 1024 * 1024;
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', LANG: 'C' };

const timedOut = (program: string, timeoutMs: number): PsoError =>
  new PsoError(
    'tool-slow',
    `${program} did not end within ${Math.round(timeoutMs / 1000)} s on the node.`,
    'It is tried again by itself; see the kernel log of the node for a device that hangs.',
    { finality: 'in-doubt' },
  );

const cannotStart = (program: string, error: Error): PsoError =>
  new PsoError(
    'tool-missing',
    `${program} could not be started: ${error.message}.`,
    'The node image has to contain it.',
    { cause: error },
  );

/** Starts programs of this image, without a shell, with a fixed environment. */
export const childProcessExec: Exec = {
  run: (program, args, options) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, [...args], { env: ENVIRONMENT, shell: false, stdio: ['pipe', 'pipe', 'pipe'] });
      const stdout = collect(child.stdout);
      const stderr = collect(child.stderr);
      // A process in an uninterruptible sleep does not die of SIGKILL: the caller is answered all the same.
      const giveUp = () => {
        child.kill('SIGKILL');
        child.unref();
        reject(timedOut(program, options.timeoutMs));
      };
      const timer = setTimeout(giveUp, options.timeoutMs);
      options.signal?.addEventListener('abort', giveUp, { once: true });
      const settle = (result: ExecResult | Error) => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', giveUp);
        if (result instanceof Error) reject(cannotStart(program, result));
        else resolve(result);
      };
      child.on('error', settle);
      child.on('close', (code, signal) => {
        settle({ code: code ?? 128, stdout: stdout(), stderr: signal ? `ended by ${signal}` : stderr() });
      });
      feed(child.stdin, options);
    }),
};

function feed(stdin: NodeJS.WritableStream, options: ExecOptions): void {
  // A program that reads nothing closes the pipe first; its exit code tells the rest.
  stdin.on('error', () => undefined);
  stdin.end(options.stdin ?? '');
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes < MAX_OUTPUT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
