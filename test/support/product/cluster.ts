import type { Lab } from '../../lab/lab.ts';
import { LabError } from '../../lab/lab-error.ts';
import type { RunOptions, RunResult } from '../../lab/run-program.ts';

/** kubectl that throws with its own last words; returns standard output. It is given more time than its `--timeout`. */
export async function kubectl(lab: Lab, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const ownSeconds = args.map(arg => Number(/^--timeout=(\d+)s$/u.exec(arg)?.[1] ?? 0));
  const timeoutMs = 60_000 + Math.max(0, ...ownSeconds) * 1000;
  return outputOf('kubectl', args, await lab.kubectl(args, { timeoutMs, ...options }));
}

/** `kubectl … -o json`. The caller names the shape it reads. */
export async function kubectlJson<Shape>(lab: Lab, args: readonly string[]): Promise<Shape> {
  return JSON.parse(await kubectl(lab, [...args, '-o', 'json'])) as Shape;
}

export async function apply(lab: Lab, manifest: string): Promise<void> {
  await kubectl(lab, ['apply', '-f', '-'], { stdin: manifest });
}

export async function applyFile(lab: Lab, file: string): Promise<void> {
  await kubectl(lab, ['apply', '-f', file]);
}

export async function helm(lab: Lab, args: readonly string[]): Promise<string> {
  return outputOf('helm', args, await lab.helm(args, { timeoutMs: 180_000 }));
}

function outputOf(program: string, args: readonly string[], { code, stdout, stderr }: RunResult): string {
  if (code === 0) return stdout;
  throw new LabError(
    `${program} ${args.slice(0, 6).join(' ')} ended with ${code}: ${(stderr || stdout).trim().slice(-1500)}`,
    '',
  );
}
