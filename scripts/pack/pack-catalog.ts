import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { catalogIndex, type IndexOptions } from './catalog-index.ts';
import { packChart, sha256, type ChartPackage } from './chart-package.ts';
import { packExtension, type ExtensionSource } from './extension-package.ts';
import { imageList } from './image-list.ts';

export interface CatalogOptions extends IndexOptions {
  /** Folder with one folder a chart. */
  readonly charts: string;
  /** Folder with `logos/`. */
  readonly assets: string;
  /** Root of the catalog. */
  readonly output: string;
  /** The extension for Rancher; null leaves it out. */
  readonly extension: ExtensionSource | null;
  /** Overwrite a package of the same version that has other bytes. */
  readonly replace: boolean;
}

const readOrNull = (file: string): Promise<Buffer | null> => readFile(file).catch(() => null);

async function write(output: string, file: string, content: Buffer | string): Promise<string> {
  const target = path.join(output, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
  return file;
}

async function refuseOther(file: string, chart: ChartPackage): Promise<void> {
  const existing = await readOrNull(file);
  if (existing === null || sha256(existing) === chart.digest) return;
  throw new PsoError(
    'already-exists',
    `assets/${chart.metadata.name}/${chart.file} exists with other content.`,
    'Who installed that version would get another one under its name: raise the version in Chart.yaml (package.json of an extension), or give --replace if it was never published.',
  );
}

/** Fills a catalog that Rancher (git or HTTP) and `helm repo add` take. Returns what was written, relative to its root. */
export async function packCatalog(options: CatalogOptions): Promise<readonly string[]> {
  const { charts: folder, assets, output, replace } = options;
  const names = (await readdir(folder)).sort();
  const charts = await Promise.all(names.map(name => packChart(path.join(folder, name))));
  const extension = options.extension === null ? null : await packExtension(options.extension);
  const packages = [...charts, ...(extension === null ? [] : [extension.chart])];
  const written: string[] = [];
  for (const chart of packages) {
    const file = `assets/${chart.metadata.name}/${chart.file}`;
    if (!replace) await refuseOther(path.join(output, file), chart);
    written.push(await write(output, file, chart.bytes));
  }
  for (const [index, { metadata, file }] of charts.entries()) {
    const values = parse(await readFile(path.join(folder, names[index] ?? '', 'values.yaml'), 'utf8')) as unknown;
    const list = `assets/${metadata.name}/${file.replace(/\.tgz$/, '-images.txt')}`;
    written.push(await write(output, list, imageList(values, metadata.appVersion)));
  }
  for (const [file, content] of extension?.files ?? []) written.push(await write(output, file, content));
  if (path.resolve(assets) !== path.resolve(output, 'assets')) {
    for (const logo of await readdir(path.join(assets, 'logos'))) {
      const content = await readFile(path.join(assets, 'logos', logo));
      written.push(await write(output, `assets/logos/${logo}`, content));
    }
  }
  const old = await readOrNull(path.join(output, 'index.yaml'));
  written.push(await write(output, 'index.yaml', catalogIndex(old?.toString() ?? null, packages, options)));
  return written;
}
