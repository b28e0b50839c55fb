import { LAYERS, runLayer } from './layers.ts';
import type { LayerResult } from './layer-result.ts';
import { report } from './report.ts';

const USAGE = `npm test: every layer (${LAYERS.join(', ')}), then a table and the line "N passed, N failed".
What the real layers need (kernel, Kubernetes, images) is built on first use and kept under ~/.cache/pure-pso.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
const results: LayerResult[] = [];
for (const layer of LAYERS) {
  console.log(`\n── ${layer} ${'─'.repeat(70 - layer.length)}`);
  results.push(await runLayer(layer));
}
console.log(report(results));
process.exitCode = results.some(result => result.failed > 0) ? 1 : 0;
