import type { LayerResult } from './layer-result.ts';

const sum = (results: readonly LayerResult[], of: (result: LayerResult) => number): number =>
  results.reduce((total, result) => total + of(result), 0);

/** The table of layers, and last the plain line that continuous integration reads. */
export function report(results: readonly LayerResult[]): string {
  const row = (layer: string, ...cells: readonly string[]): string =>
    `${layer.padEnd(12)}${cells.map(cell => cell.padStart(9)).join('')}`;
  const lines = [row('layer', 'passed', 'failed', 'skipped', 'seconds')];
  for (const result of results) {
    const counts = [result.passed, result.failed, result.skipped].map(String);
    lines.push(row(result.layer, ...counts, result.seconds.toFixed(1)));
    for (const remark of result.remarks) lines.push(`  ${remark}`);
  }
  return ['', ...lines, '', closingLine(results)].join('\n');
}

export function closingLine(results: readonly LayerResult[]): string {
  const skipped = sum(results, result => result.skipped);
  const base = `${String(sum(results, r => r.passed))} passed, ${String(sum(results, r => r.failed))} failed`;
  return skipped > 0 ? `${base}, ${String(skipped)} skipped` : base;
}
