import process from 'node:process';
import { differences, generateAll, writeAll } from './generate/outputs.ts';

const HELP = `generate: writes what is derived from sources and committed

  (no option)  write driver/src/gen, charts/pure-pso/values.schema.json, docs/options.md, docs/errors.md,
               docs/metrics.md, and rules and dashboards in charts/pure-pso/files/monitoring
  --check      write nothing; exit 1 and name the files that are not current
`;

async function main(args: readonly string[]): Promise<number> {
  const [option, ...rest] = args;
  if (option === '--help') {
    process.stdout.write(HELP);
    return 0;
  }
  if ((option !== undefined && option !== '--check') || rest.length > 0) {
    process.stderr.write(`Unknown option ${args.join(' ')}. See --help.\n`);
    return 2;
  }
  const files = await generateAll();
  if (option === undefined) {
    await writeAll(files);
    return 0;
  }
  const stale = await differences(files);
  for (const file of stale) process.stderr.write(`${file} is not current: run npm run generate and commit it.\n`);
  return stale.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
