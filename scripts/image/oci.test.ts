import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { layerOfEntries, layerOfFile, writeOciArchive } from './oci.ts';

const manifestSchema = z.object({
  digest: z.string(),
  annotations: z.record(z.string(), z.string()),
});
const indexSchema = z.object({ manifests: z.array(manifestSchema) });
const imageSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string(), size: z.number() })),
});
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'oci-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const names = (archive: string): readonly string[] =>
  execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim().split('\n');
const content = (archive: string, name: string): Buffer => execFileSync('tar', ['-xOf', archive, name]);
const blobName = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

async function writeSample(file: string, layersLeftOut = 0): Promise<string> {
  const base = path.join(folder, 'base.tar');
  await writeFile(base, Buffer.alloc(10_240));
  const code = await layerOfEntries([{ name: 'app/main.mjs', mode: 0o755, content: Buffer.from('run()') }]);
  return writeOciArchive(file, {
    names: ['a.example/one:1', 'b.example/one:1'],
    config: { Entrypoint: ['/app/main.mjs'] },
    layers: [await layerOfFile(base), code],
    layersLeftOut,
  });
}

describe('OCI archive', () => {
  it('holds each blob under the digest of its bytes, named from index to layers', async () => {
    const archive = path.join(folder, 'image.tar');
    const digest = await writeSample(archive);
    const index = indexSchema.parse(JSON.parse(content(archive, 'index.json').toString()));
    expect(index.manifests.map(each => each.digest)).toEqual([digest, digest]);
    expect(index.manifests.map(each => each.annotations['io.containerd.image.name'])).toEqual([
      'a.example/one:1',
      'b.example/one:1',
    ]);
    const manifest = imageSchema.parse(JSON.parse(content(archive, blobName(digest)).toString()));
    const config = configSchema.parse(JSON.parse(content(archive, blobName(manifest.config.digest)).toString()));
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(layer => layer.digest));
    for (const blob of names(archive).filter(name => name.startsWith('blobs/'))) {
      expect(blobName(sha256(content(archive, blob)))).toBe(blob);
    }
    expect(manifest.layers[0]?.size).toBe(10_240);
  });

  it('gives the same bytes twice', async () => {
    const [first, second] = [path.join(folder, 'first.tar'), path.join(folder, 'second.tar')];
    expect(await writeSample(first)).toBe(await writeSample(second));
    expect((await readFile(first)).equals(await readFile(second))).toBe(true);
  });

  it('names left-out layers but does not carry them', async () => {
    const [whole, thin] = [path.join(folder, 'whole.tar'), path.join(folder, 'thin.tar')];
    const digest = await writeSample(whole);
    expect(await writeSample(thin, 1)).toBe(digest);
    const [base, code] = imageSchema.parse(JSON.parse(content(thin, blobName(digest)).toString())).layers;
    expect(names(whole)).toContain(blobName(base?.digest ?? ''));
    expect(names(thin)).not.toContain(blobName(base?.digest ?? ''));
    expect(names(thin)).toContain(blobName(code?.digest ?? ''));
  });

  it('leaves nothing behind when a layer cannot be read', async () => {
    const archive = path.join(folder, 'image.tar');
    const lost = { digest: sha256(Buffer.from('x')), size: 1, content: { file: path.join(folder, 'lost'), size: 1 } };
    await expect(writeOciArchive(archive, { names: ['a:1'], config: {}, layers: [lost] })).rejects.toThrow('ENOENT');
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).toBe('');
  });
});
