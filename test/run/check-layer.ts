import { run } from './command.ts';
import type { LayerResult } from './layer-result.ts';

/** Static checks: each is one case. */
const CHECKS: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'lint and import table', args: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'] },
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  { name: 'dead code and unused dependencies', args: ['node_modules/knip/bin/knip.js'] },
  { name: 'generated files are current', args: ['scripts/generate.ts', '--check'] },
  { name: 'no symbolic link, no stray chart', args: ['scripts/check-tree.ts'] },
];

export async function runCheckLayer(): Promise<LayerResult> {
  const started = performance.now();
  const remarks: string[] = [];
  for (const check of CHECKS) {
    const { code, output } = await run(process.execPath, check.args, { write: () => undefined });
    console.log(`${code === 0 ? 'pass' : 'FAIL'}  ${check.name}`);
    if (code === 0) continue;
    console.log(output);
    remarks.push(`${check.name}: node ${check.args.join(' ')}`);
  }
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
