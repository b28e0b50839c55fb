import { spawn } from 'node:child_process';

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Where output goes as it comes. */
export type Write = (chunk: Buffer) => void;

export const toTerminal: Write = chunk => void process.stdout.write(chunk);

/** Runs a program with this Node's PATH; its output is passed on as it comes, and returned. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; write?: Write } = {},
): Promise<Outcome> {
  const { write = toTerminal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 1, output }));
  });
}
