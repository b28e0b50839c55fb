import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { VERSION } from '../../driver/src/version.ts';
import { parseHelmIgnore } from './helm-ignore.ts';
import { packCatalog, type CatalogOptions } from './pack-catalog.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PACKAGE = `assets/pure-pso/pure-pso-${VERSION}.tgz`;

let folder: string;
let charts: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
  charts = path.join(folder, 'charts');
  await cp(path.join(ROOT, 'charts'), charts, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const pack = (output: string, options: Partial<CatalogOptions> = {}) =>
  packCatalog({
    charts,
    assets: path.join(ROOT, 'assets'),
    output: path.join(folder, output),
    baseUrl: '',
    extension: null,
    replace: false,
    created: '2026-01-01T00:00:00.000Z',
    ...options,
  });

async function contents(output: string): Promise<Readonly<Record<string, string>>> {
  const files = await readdir(path.join(folder, output), { recursive: true, withFileTypes: true });
  const read = files
    .filter(file => file.isFile())
    .map(
      async file => [file.name, (await readFile(path.join(file.parentPath, file.name))).toString('base64')] as const,
    );
  return Object.fromEntries(await Promise.all(read));
}

interface Index {
  readonly entries: {
    readonly 'pure-pso': readonly { version: string; created: string; icon: string; urls: string[] }[];
  };
  readonly generated: string;
}
const index = async (output: string): Promise<Index> =>
  parse(await readFile(path.join(folder, output, 'index.yaml'), 'utf8')) as Index;

async function setVersion(version: string): Promise<void> {
  const file = path.join(charts, 'pure-pso/Chart.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^version: .*$/m, `version: ${version}`));
}

describe('pack', () => {
  it('gives equal bytes twice, whatever the times of the files', async () => {
    await pack('one');
    await utimes(path.join(charts, 'pure-pso/values.yaml'), 1, 1);
    await pack('two');
    expect(Object.keys(await contents('one'))).toEqual(expect.arrayContaining(['index.yaml', 'pure-pso.svg']));
    expect(await contents('two')).toEqual(await contents('one'));
  });

  it('leaves out tests and what only we need', async () => {
    await pack('one');
    const text = gunzipSync(await readFile(path.join(folder, 'one', PACKAGE))).toString('latin1');
    expect(text).toContain('pure-pso/templates/NOTES.txt');
    expect(text).toContain('pure-pso/questions.yaml');
    expect(text).not.toMatch(/pure-pso\/(tests|ci)\//);
  });

  it('keeps older versions and their dates in the index, newest first', async () => {
    await pack('one');
    await setVersion('0.10.0');
    await pack('one', { created: '2026-02-01T00:00:00.000Z' });
    await setVersion('0.9.0-rc.1');
    await pack('one', { created: '2026-03-01T00:00:00.000Z' });
    const { entries, generated } = await index('one');
    expect(entries['pure-pso'].map(({ version, created }) => [version, created.slice(0, 7)])).toEqual([
      ['0.10.0', '2026-02'],
      ['0.9.0-rc.1', '2026-03'],
      [VERSION, '2026-01'],
    ]);
    expect(generated).toBe('2026-03-01T00:00:00.000Z');
  });

  it('refuses to put other content under a version, unless told', async () => {
    await pack('one');
    await writeFile(path.join(charts, 'pure-pso/app-readme.md'), 'other');
    await expect(pack('one')).rejects.toThrow(`pure-pso-${VERSION}.tgz`);
    await expect(pack('one', { replace: true })).resolves.toContain(PACKAGE);
  });

  it('names addresses from the root, absolute ones when asked', async () => {
    await pack('one');
    expect((await index('one')).entries['pure-pso'][0]?.urls).toEqual([PACKAGE]);
    await pack('two', { baseUrl: 'https://example.org/c/' });
    expect((await index('two')).entries['pure-pso'][0]).toMatchObject({
      urls: [`https://example.org/c/${PACKAGE}`],
      icon: 'https://example.org/c/assets/logos/pure-pso.svg',
    });
  });

  it('packs the version that the driver has', async () => {
    await pack('one');
    const [entry] = (await index('one')).entries['pure-pso'];
    expect(entry).toMatchObject({ version: VERSION, appVersion: VERSION });
  });
});

describe('.helmignore', () => {
  const isIgnored = parseHelmIgnore('# comment\ntests/\n*.orig\n.DS_Store\n');

  it.each([
    ['tests/a.yaml', true],
    ['templates/tests/a.yaml', true],
    ['templates/tests', false],
    ['values.yaml.orig', true],
    ['values.yaml', false],
    ['templates/.DS_Store', true],
  ])('%s: %s', (file, expected) => {
    expect(isIgnored(file)).toBe(expected);
  });

  it('refuses a rule that it does not know', () => {
    expect(() => parseHelmIgnore('!keep')).toThrow('.helmignore has the line "!keep"');
  });
});
