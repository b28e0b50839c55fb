import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { pythonWithClient } from './py-environment.ts';

const run = promisify(execFile);
/** No compiled copies beside the scripts. */
const OPTIONS = ['-B'];

/** The vendor's own client, driven by scripts of `py/`. */
export class VendorClient {
  readonly #python: string;

  private constructor(python: string) {
    this.#python = python;
  }

  static async install(): Promise<VendorClient> {
    return new VendorClient(await pythonWithClient());
  }

  /** What a program of a few lines prints. */
  async run(lines: readonly string[], ...args: string[]): Promise<string> {
    const { stdout } = await run(this.#python, [...OPTIONS, '-c', lines.join('\n'), ...args]);
    return stdout.trim();
  }

  /** What a script prints as one JSON object. */
  async drive(script: string, ...args: string[]): Promise<unknown> {
    const { stdout } = await run(this.#python, [...OPTIONS, scriptPath(script), ...args]);
    return JSON.parse(stdout) as unknown;
  }

  /** Lines of a script that waits after the first one until `meanwhile` is done. */
  async driveInTwo(script: string, args: readonly string[], meanwhile: () => void): Promise<string[]> {
    const child = spawn(this.#python, [...OPTIONS, scriptPath(script), ...args]);
    let wrong = '';
    child.stderr.on('data', (chunk: Buffer) => (wrong += chunk.toString()));
    const lines: string[] = [];
    createInterface(child.stdout).on('line', line => {
      lines.push(line);
      if (lines.length > 1) return;
      meanwhile();
      child.stdin.end('\n');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${wrong}`);
    return lines;
  }
}

const scriptPath = (name: string): string => path.join(import.meta.dirname, 'py', name);
