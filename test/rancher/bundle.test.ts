import { gzipSync } from 'node:zlib';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensure } from '../tools/ensure.ts';
import { extensionFolder, oldestHost, uiBundle, uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;
const LIMIT_BYTES = 1024 ** 2;

/** The bundle as Rancher serves it; the first run installs @rancher/shell. */
describe('the extension, built by the shell', () => {
  let folder: string;
  let scripts: readonly string[];

  beforeAll(async () => {
    folder = path.join(await ensure(uiBundle), await extensionFolder());
    scripts = (await readdir(folder)).filter(file => file.endsWith('.js'));
  }, 20 * MINUTES);

  it('is at most 1 MiB compressed, all chunks together', async () => {
    const sizes = await Promise.all(
      scripts.map(async file => gzipSync(await readFile(path.join(folder, file))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LIMIT_BYTES);
  });

  it('has the entry that Rancher loads, and pages in chunks of their own', async () => {
    const entry = `${await extensionFolder()}.umd.min.js`;
    expect(scripts).toContain(entry);
    expect(scripts.length).toBeGreaterThan(5);
    expect((await readFile(path.join(folder, entry))).length).toBeLessThan(32 * 1024);
  });

  it('is named as the host asks for it', async () => {
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'pso-ui', main: `${await extensionFolder()}.umd.min.js` });
  });

  it(
    "takes nothing from Vue, which is its host's, that the oldest host's Vue does not have",
    async () => {
      const [ours, oldest] = [await ensure(uiModules), await ensure(oldestHost.modules)].map(namesOfVue);
      const lacking = [...(ours ?? [])].filter(name => oldest?.has(name) === false);
      expect(lacking).toContain('toValue');
      const text = (await Promise.all(scripts.map(file => readFile(path.join(folder, file), 'utf8')))).join('\n');
      expect(lacking.filter(name => new RegExp(`\\.${name}\\b`, 'u').test(text))).toEqual([]);
    },
    20 * MINUTES,
  );

  it('names no folder of the machine that built it', async () => {
    const texts = await Promise.all(scripts.map(file => readFile(path.join(folder, file), 'utf8')));
    const root = path.resolve(import.meta.dirname, '../..');
    expect(texts.filter(text => text.includes(root) || text.includes(folder))).toEqual([]);
  });
});

function namesOfVue(modules: string): ReadonlySet<string> {
  const load = createRequire(path.join(modules, 'package.json')) as (name: string) => object;
  return new Set(Object.keys(load('vue')));
}
