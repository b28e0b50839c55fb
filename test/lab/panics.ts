import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { labPaths } from './state.ts';

const PANIC = /^.*Kernel panic - .*$/gmu;

/** What the kernels of guests said in a panic, one `lab/guest: line` each, of labs whose logs were written since then. */
export function panicsSince(epochMs: number, logs = path.dirname(labPaths('any').logs)): readonly string[] {
  if (!existsSync(logs)) return [];
  return readdirSync(logs, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.log'))
    .filter(file => (statSync(path.join(logs, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) >= epochMs)
    .flatMap(file => panicsIn(path.join(logs, file)).map(line => `${file.slice(0, -'.log'.length)}: ${line}`));
}

function panicsIn(file: string): readonly string[] {
  return (readFileSync(file, 'utf8').match(PANIC) ?? []).map(line => line.trim());
}
