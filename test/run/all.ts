import { LAYERS, runLayer, type Layer } from './layers.ts';
import type { LayerResult } from './layer-result.ts';
import { report } from './report.ts';

const USAGE = `npm test: every layer (${LAYERS.join(', ')}), then a table and the line "N passed, N failed".
What the real layers need (kernel, Kubernetes, images) is built on first use and kept under ~/.cache/pure-pso.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}
/** Waits for alerts most of its time: it begins with the first of the layers before it that use the processor. */
const WAITING: Layer = 'csi';
const WAITS_BESIDE: Layer = 'unit';

interface Waiting {
  readonly result: Promise<LayerResult>;
  /** What it printed until it was done. */
  readonly output: Buffer[];
}

function startWaiting(): Waiting {
  const output: Buffer[] = [];
  return { output, result: runLayer(WAITING, [], chunk => void output.push(chunk)) };
}

const results: LayerResult[] = [];
let waiting: Waiting | undefined;
for (const layer of LAYERS) {
  if (layer === WAITS_BESIDE) waiting = startWaiting();
  console.log(`\n── ${layer} ${'─'.repeat(70 - layer.length)}`);
  if (layer === WAITING && waiting) {
    results.push(await waiting.result);
    process.stdout.write(Buffer.concat(waiting.output));
  } else {
    results.push(await runLayer(layer));
  }
}
console.log(report(results));
process.exitCode = results.some(result => result.failed > 0) ? 1 : 0;
