import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import process from 'node:process';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { RunOptions } from './artefact.ts';

/** Builds yield to whatever the user does meanwhile. */
const NICE = 5;
const LOG_TAIL_LINES = 20;

/**
 * Runs a command with its output appended to `logFile`; rejects with the log's last lines when it fails.
 * It gets SIGTERM when this process dies, however that happens.
 */
export async function runLogged(
  logFile: string,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  await using log = await open(logFile, 'a');
  await log.write(`\n$ ${[command, ...args].join(' ')}\n`);
  await using stdout = options.stdoutFile === undefined ? undefined : await open(options.stdoutFile, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', command, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', stdout?.fd ?? log.fd, log.fd],
  });
  child.stdin?.on('error', () => undefined); // the command may end without reading its input
  child.stdin?.end(options.input ?? '');
  if (child.pid !== undefined) lowerPriority(child.pid);
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (code !== 0) throw await failure(logFile, command, code === null ? `signal ${signal ?? '?'}` : `code ${code}`);
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // already ended
  }
}

async function failure(logFile: string, command: string, how: string): Promise<PsoError> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LOG_TAIL_LINES);
  return new PsoError(
    'unavailable',
    `The build command '${command}' ended with ${how}. Last lines of ${logFile}:\n${lines.join('\n')}\n`,
    `Read ${logFile}, remove the cause and run the same command again.`,
  );
}
