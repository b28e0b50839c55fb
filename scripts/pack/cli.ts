import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { packCatalog } from './pack-catalog.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const HELP = `npm run pack -- [options]: packs the charts into a catalog for Rancher and helm repo add

  --output DIR    root of the catalog (default: this repository)
  --base-url URL  absolute addresses in the index, for a page that is served elsewhere (default: relative)
  --replace       overwrite a package of the same version that has other content
  --help

Writes index.yaml, assets/<chart>/<chart>-<version>.tgz and its list of images. Equal sources give equal bytes; the time
in the index is that of the last commit (SOURCE_DATE_EPOCH overrides it).
`;

/** RFC 3339 of the last commit, so that the index does not change with the clock. */
function created(): string {
  const epoch =
    process.env['SOURCE_DATE_EPOCH'] ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return new Date(Number(epoch) * 1000).toISOString();
}

function baseUrl(text: string): string {
  if (text === '') return '';
  if (/^https?:\/\/[^\s?#]+$/.test(text)) return text.endsWith('/') ? text : `${text}/`;
  throw new PsoError('invalid', `--base-url '${text}' is no address.`, 'Write e.g. https://example.com/catalog/.');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: ROOT },
      'base-url': { type: 'string', default: '' },
      replace: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const written = await packCatalog({
    charts: path.join(ROOT, 'charts'),
    assets: path.join(ROOT, 'assets'),
    output: path.resolve(values.output),
    baseUrl: baseUrl(values['base-url']),
    replace: values.replace,
    created: created(),
  });
  for (const file of written) process.stdout.write(`${file}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof PsoError ? error.sentence : String(error)}\n`);
  process.exitCode = 1;
}
