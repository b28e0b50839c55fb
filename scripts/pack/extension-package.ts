import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { packEntries, type ChartPackage } from './chart-package.ts';

const TEMPLATES = path.join(import.meta.dirname, 'extension');

/** package.json of an extension, as far as Rancher reads it. */
const manifestSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string(),
  description: z.string(),
  rancher: z.object({ annotations: z.record(z.string(), z.string()) }),
});

export interface ExtensionSource {
  /** File package.json of the extension. */
  readonly manifest: string;
  /** Folder with what Rancher's shell built. */
  readonly bundle: string;
  /** Address of the catalog's root, ending in `/`, from which Rancher's server fetches the files; empty: who installs says it. */
  readonly url: string;
}

export interface ExtensionPackage {
  readonly chart: ChartPackage;
  /** Path from the catalog's root -> content. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Source maps and the report of the build are for developers. */
const isServed = (file: string): boolean => !file.endsWith('.map') && file !== 'report.html';

/**
 * An extension as Rancher's server wants it: its files below `extensions/NAME/VERSION/plugin`, their list in `files.txt`
 * beside that, and a chart with the UIPlugin that names the place (Rancher 2.10 to 2.15, pkg/controllers/dashboard/plugin).
 */
export async function packExtension({ manifest, bundle, url }: ExtensionSource): Promise<ExtensionPackage> {
  const { name, version, description, rancher } = manifestSchema.parse(JSON.parse(await readFile(manifest, 'utf8')));
  const names = (await readdir(bundle)).filter(isServed).sort();
  const place = `extensions/${name}/${version}`;
  const contents = await Promise.all(names.map(file => readFile(path.join(bundle, file))));
  const files = new Map(names.map((file, index) => [`${place}/plugin/${file}`, contents[index] ?? Buffer.alloc(0)]));
  files.set(`${place}/files.txt`, Buffer.from(names.map(file => `plugin/${file}\n`).join('')));
  const metadata = {
    apiVersion: 'v2',
    name,
    type: 'application',
    version,
    appVersion: version,
    description,
    icon: 'file://assets/logos/pure-pso.svg',
    annotations: {
      ...rancher.annotations,
      'catalog.cattle.io/namespace': 'cattle-ui-plugin-system',
      'catalog.cattle.io/release-name': name,
      'catalog.cattle.io/scope': 'management',
      // Makes it an extension, and keeps it out of the list of applications.
      'catalog.cattle.io/ui-component': 'plugins',
      // A package with other files is another package.
      'pure-pso.io/files-sha256': digestOf(files),
    },
  };
  const values = { plugin: { endpoint: url === '' ? '' : `${url}${place}`, noCache: false } };
  const chart = await packEntries(metadata, [
    { name: 'Chart.yaml', content: Buffer.from(stringify(metadata)) },
    { name: 'README.md', content: await readFile(path.join(TEMPLATES, 'README.md')) },
    { name: 'templates/ui-plugin.yaml', content: await readFile(path.join(TEMPLATES, 'ui-plugin.yaml.tpl')) },
    { name: 'values.yaml', content: Buffer.from(stringify(values)) },
  ]);
  return { chart, files };
}

function digestOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const [file, content] of files) hash.update(`${file}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}
