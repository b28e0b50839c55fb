import { spawn, type ChildProcess } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Where output goes as it comes. */
export type Write = (chunk: Buffer) => void;

export const toTerminal: Write = chunk => void process.stdout.write(chunk);

const running = new Set<ChildProcess>();

// Ctrl-C reaches all of them at once, a signal only us: what we started would go on with its lab.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.kill(process.pid, signal);
  });
}

/** Runs a program with this Node's PATH; its output is passed on as it comes, and returned. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; write?: Write } = {},
): Promise<Outcome> {
  const { write = toTerminal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    running.add(child);
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', code => {
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}
