import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { LineProgress } from '../../test/tools/progress.ts';
import { writeDriverImage, type DriverImageOptions } from './driver-image.ts';
import { checkImageName } from './image-name.ts';

const HELP = `npm run image -- [options]: builds the driver's image as an OCI archive. No Docker daemon, no image registry.

  --output FILE   archive to write (default build/pure-pso-driver.tar)
  --name NAME     image reference with tag, may be repeated (default pure-pso/driver:<version of package.json>)
  --entry FILE    TypeScript entry (default driver/src/main.ts)
  --thin          leave out the Debian and Node layers, for nodes that have them
  --help

The Debian and Node layers are built once and kept under ~/.cache/pure-pso (PURE_PSO_CACHE overrides); the code layer
is made anew each time. Load it with: ctr -n k8s.io images import FILE   or   skopeo copy oci-archive:FILE DESTINATION
`;

function optionsOf(args: readonly string[]): DriverImageOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      output: { type: 'string', default: path.join('build', 'pure-pso-driver.tar') },
      name: { type: 'string', multiple: true },
      entry: { type: 'string' },
      thin: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  for (const name of values.name ?? []) checkImageName('name', name);
  const { output, entry, thin } = values;
  return { output, thin, ...(entry === undefined ? {} : { entry }), ...(values.name ? { names: values.name } : {}) };
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === 'help') return void process.stdout.write(HELP);
  using progress = new LineProgress();
  const begin = performance.now();
  const { output, names, digest } = await writeDriverImage(options, progress);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  process.stdout.write(`${names.join(', ')} ${digest}\n${output} written in ${seconds} s\n`);
}

try {
  await main();
} catch (error) {
  const sentence = error instanceof PsoError ? error.sentence : String(error);
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}
