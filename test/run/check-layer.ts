import { run } from './command.ts';
import type { LayerResult } from './layer-result.ts';

interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

/** Static checks: each is one case. */
const CHECKS: readonly Check[] = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'lint and import table', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  { name: 'dead code and unused dependencies', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'generated files are current', args: ['scripts/generate.ts', '--check'] },
  { name: 'no symbolic link, no stray chart', args: ['scripts/check-tree.ts'] },
];

/** All at once: the longest of them, on a processor of its own, takes as long as all others. */
export async function runCheckLayer(): Promise<LayerResult> {
  const started = performance.now();
  const remarks = (await Promise.all(CHECKS.map(runCheck))).flat();
  const seconds = (performance.now() - started) / 1000;
  return {
    layer: 'check',
    passed: CHECKS.length - remarks.length,
    failed: remarks.length,
    skipped: 0,
    remarks,
    seconds,
  };
}

/** A remark where it fails. */
async function runCheck({ name, args }: Check): Promise<readonly string[]> {
  const { code, output } = await run(process.execPath, args, { write: () => undefined });
  console.log(`${code === 0 ? 'pass' : 'FAIL'}  ${name}`);
  if (code === 0) return [];
  console.log(output);
  return [`${name}: node ${args.join(' ')}`];
}
