import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { extensionFolder, uiBundle } from '../../test/rancher/ui-artefacts.ts';
import { ensure } from '../../test/tools/ensure.ts';
import { LineProgress } from '../../test/tools/progress.ts';
import { projectVersion } from '../image/driver-image.ts';
import { checkImageName } from '../image/image-name.ts';
import { addressInRancher, writeCatalogImage } from './catalog-image.ts';
import type { ExtensionSource } from './extension-package.ts';
import { packCatalog } from './pack-catalog.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const HELP = `npm run pack -- [options]: packs the charts and the extension into a catalog for Rancher and helm repo add

  --output DIR         root of the catalog (default: this repository)
  --base-url URL       absolute addresses in the index, for a page that is served elsewhere (default: relative)
  --extension-url URL  the catalog's root as Rancher's server reaches it by HTTP, for the files of the extension
                       (default: that of --base-url; without both who installs the extension sets plugin.endpoint)
  --image FILE         instead an image that serves the catalog, for Rancher without the internet: an OCI archive for a registry
  --image-name NAME    its reference with tag (default pure-pso/pure-pso-catalog:<version of package.json>)
  --no-extension       leave it out; it takes two minutes to build when the cache lacks it
  --replace            overwrite a package of the same version that has other content
  --help

Writes index.yaml, assets/<chart>/<chart>-<version>.tgz and its list of images, extensions/<name>/<version>. Equal sources
give equal bytes; the time in the index is that of the last commit (SOURCE_DATE_EPOCH overrides it).
`;

/** RFC 3339 of the last commit, so that the index does not change with the clock. */
function created(): string {
  const epoch =
    process.env['SOURCE_DATE_EPOCH'] ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return new Date(Number(epoch) * 1000).toISOString();
}

function address(option: string, text: string): string {
  if (text === '') return '';
  if (/^https?:\/\/[^\s?#]+$/.test(text)) return text.endsWith('/') ? text : `${text}/`;
  throw new PsoError('invalid', `--${option} '${text}' is no address.`, 'Write e.g. https://example.com/catalog/.');
}

async function extension(url: string): Promise<ExtensionSource> {
  using progress = new LineProgress();
  const bundle = path.join(await ensure(uiBundle, progress), await extensionFolder());
  return { manifest: path.join(ROOT, 'pkg/pso-ui/package.json'), bundle, url };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      output: { type: 'string', default: ROOT },
      'base-url': { type: 'string', default: '' },
      'extension-url': { type: 'string', default: '' },
      image: { type: 'string', default: '' },
      'image-name': { type: 'string' },
      extension: { type: 'boolean', default: true },
      replace: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const image = values['image-name'] ?? `pure-pso/pure-pso-catalog:${await projectVersion()}`;
  checkImageName('image-name', image);
  const baseUrl = address('base-url', values['base-url']);
  const served = values.image === '' ? baseUrl : addressInRancher(image);
  const extensionUrl = address('extension-url', values['extension-url']) || served;
  const pack = async (output: string): Promise<readonly string[]> =>
    packCatalog({
      charts: path.join(ROOT, 'charts'),
      assets: path.join(ROOT, 'assets'),
      output,
      baseUrl,
      extension: values.extension ? await extension(extensionUrl) : null,
      replace: values.replace,
      created: created(),
    });
  if (values.image === '') {
    for (const file of await pack(path.resolve(values.output))) process.stdout.write(`${file}\n`);
  } else {
    const digest = await imageOf(pack, image, values.image);
    process.stdout.write(`${image} ${digest}\n${values.image} written\n`);
  }
}

/** A catalog that is in the image only. */
async function imageOf(
  pack: (output: string) => Promise<readonly string[]>,
  name: string,
  output: string,
): Promise<string> {
  const catalog = await mkdtemp(path.join(tmpdir(), 'catalog-'));
  try {
    await pack(catalog);
    using progress = new LineProgress();
    return await writeCatalogImage({ catalog, name, version: await projectVersion(), output }, progress);
  } finally {
    await rm(catalog, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof PsoError ? error.sentence : String(error)}\n`);
  process.exitCode = 1;
}
