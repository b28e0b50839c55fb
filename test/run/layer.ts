import { isLayer, LAYERS, runLayer } from './layers.ts';
import { report } from './report.ts';

const USAGE = `Runs one layer of tests: ${LAYERS.join(', ')}.
  npm run test:<layer> [-- jest options, e.g. a file or -t 'name of a case']
  npm run check`;

const [name = '', ...extra] = process.argv.slice(2);
if (!isLayer(name) || extra.includes('--help')) {
  console.log(USAGE);
  process.exit(isLayer(name) ? 0 : 2);
}
const result = await runLayer(name, extra);
console.log(report([result]));
process.exitCode = result.failed > 0 ? 1 : 0;
