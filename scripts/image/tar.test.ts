import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { tarBytes, type TarEntry } from './tar.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tar-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function bytesOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of tarBytes(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

it('GNU tar unpacks what it writes: names, modes, and contents of every length around a block', async () => {
  const sizes = [0, 1, 511, 512, 513, 100_000];
  const inMemory = sizes.map(size => ({ name: `d/f${size}`, mode: 0o755, content: Buffer.alloc(size, size % 251) }));
  const source = path.join(folder, 'source');
  await writeFile(source, Buffer.alloc(700, 7));
  const archive = path.join(folder, 'a.tar');
  await writeFile(archive, await bytesOf([...inMemory, { name: 'streamed', content: { file: source, size: 700 } }]));
  execFileSync('tar', ['-C', folder, '-xf', archive]);
  for (const { name, content } of inMemory) {
    expect((await readFile(path.join(folder, name))).equals(content)).toBe(true);
    expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o755);
  }
  expect((await readFile(path.join(folder, 'streamed'))).equals(Buffer.alloc(700, 7))).toBe(true);
});

it('refuses a name that the header cannot hold', async () => {
  await expect(bytesOf([{ name: 'x'.repeat(101), content: Buffer.alloc(0) }])).rejects.toThrow('longer than 100 bytes');
});

it('refuses a file that is not as long as its header says', async () => {
  const file = path.join(folder, 'short');
  await writeFile(file, 'abc');
  await expect(bytesOf([{ name: 'short', content: { file, size: 4 } }])).rejects.toThrow('3 bytes, not 4');
});
