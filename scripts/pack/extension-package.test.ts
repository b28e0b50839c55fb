import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { packCatalog, type CatalogOptions } from './pack-catalog.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MANIFEST = {
  name: 'a-ui',
  version: '1.2.3',
  description: 'Pages',
  rancher: { annotations: { 'catalog.cattle.io/display-name': 'A' } },
};
const ENTRY = 'a-ui-1.2.3.umd.min.js';
const CHART = 'assets/a-ui/a-ui-1.2.3.tgz';
const PLACE = 'extensions/a-ui/1.2.3';
const URL = 'https://example.org/c/';

let folder: string;
let bundle: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'extension-'));
  bundle = path.join(folder, 'bundle');
  await mkdir(bundle);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST));
  const files = { 'package.json': '{"version":"1.2.3"}', [ENTRY]: 'entry', [`${ENTRY}.map`]: 'x', 'report.html': 'x' };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(bundle, name), text);
  await mkdir(path.join(folder, 'charts'));
  await cp(path.join(ROOT, 'charts/pure-pso'), path.join(folder, 'charts/pure-pso'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const pack = (output: string, url: string, options: Partial<CatalogOptions> = {}) =>
  packCatalog({
    charts: path.join(folder, 'charts'),
    assets: path.join(ROOT, 'assets'),
    output: path.join(folder, output),
    baseUrl: '',
    replace: false,
    created: '2026-01-01T00:00:00.000Z',
    extension: { manifest: path.join(folder, 'package.json'), bundle, url },
    ...options,
  });
const inside = (...parts: readonly string[]) => path.join(folder, 'out', ...parts);
const chartText = async () => gunzipSync(await readFile(inside(CHART))).toString('latin1');

describe('an extension', () => {
  it('is served with its list, without what only developers read', async () => {
    await pack('out', URL);
    expect((await readdir(inside(PLACE, 'plugin'))).sort()).toEqual([ENTRY, 'package.json']);
    expect(await readFile(inside(PLACE, 'files.txt'), 'utf8')).toBe(`plugin/${ENTRY}\nplugin/package.json\n`);
  });

  it('is in the index as what Rancher takes for an extension, and its chart names the place', async () => {
    await pack('out', URL);
    const { entries } = parse(await readFile(inside('index.yaml'), 'utf8')) as { entries: Record<string, unknown[]> };
    expect(Object.keys(entries)).toEqual(['a-ui', 'pure-pso']);
    expect(entries['a-ui']?.[0]).toMatchObject({
      version: '1.2.3',
      urls: [CHART],
      annotations: { 'catalog.cattle.io/ui-component': 'plugins', 'catalog.cattle.io/display-name': 'A' },
    });
    expect(await chartText()).toContain(`endpoint: ${URL}${PLACE}`);
  });

  it('leaves the place open where nobody said it', async () => {
    await pack('out', '');
    expect(await chartText()).toContain('endpoint: ""');
  });

  it('gives equal bytes twice, and another package for other files', async () => {
    await pack('out', URL);
    const first = await readFile(inside(CHART));
    await pack('out', URL);
    expect(await readFile(inside(CHART))).toEqual(first);
    await writeFile(path.join(bundle, ENTRY), 'other');
    await expect(pack('out', URL)).rejects.toThrow('a-ui-1.2.3.tgz exists with other content');
    expect(await readFile(inside(PLACE, 'plugin', ENTRY), 'utf8')).toBe('entry');
    await pack('out', URL, { replace: true });
    expect(await readFile(inside(CHART))).not.toEqual(first);
  });

  it('may be left out', async () => {
    await pack('out', URL, { extension: null });
    expect((await readdir(inside())).sort()).toEqual(['assets', 'index.yaml']);
  });
});
