import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { z } from 'zod';
import { tarBytes, type TarEntry } from '../image/tar.ts';
import { parseHelmIgnore } from './helm-ignore.ts';

/** Chart.yaml; what Helm knows beside these stays as it is. */
const metadataSchema = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[\w.-]+)?$/),
  appVersion: z.string(),
  icon: z.string(),
});
export type ChartMetadata = z.output<typeof metadataSchema>;

export interface ChartPackage {
  readonly metadata: ChartMetadata;
  /** `<name>-<version>.tgz`. */
  readonly file: string;
  readonly bytes: Buffer;
  /** SHA-256, hex, as an index names it. */
  readonly digest: string;
}

/** Byte 9 of a gzip header names the system that packed it; 255 says nothing. */
const GZIP_SYSTEM_BYTE = 9;

/** A chart as Helm packs it, but equal files give equal bytes: no time, owner or order of the disk. */
export async function packChart(folder: string): Promise<ChartPackage> {
  const metadata = metadataSchema.parse(parse(await readFile(path.join(folder, 'Chart.yaml'), 'utf8')));
  return packEntries(metadata, await chartEntries(folder));
}

/** The same of files by their path in the chart, in the order that the package is to have. */
export async function packEntries(metadata: ChartMetadata, files: readonly TarEntry[]): Promise<ChartPackage> {
  const entries = files.map(({ name, content }) => ({ name: `${metadata.name}/${name}`, content }));
  const chunks: Buffer[] = [];
  for await (const chunk of tarBytes(entries)) chunks.push(chunk);
  const bytes = gzipSync(Buffer.concat(chunks), { level: 9 });
  bytes[GZIP_SYSTEM_BYTE] = 255;
  return { metadata, file: `${metadata.name}-${metadata.version}.tgz`, bytes, digest: sha256(bytes) };
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Chart.yaml first, as Helm's own packages have it; the rest by name. */
async function chartEntries(folder: string): Promise<readonly TarEntry[]> {
  const isIgnored = parseHelmIgnore(await readFile(path.join(folder, '.helmignore'), 'utf8'));
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter(file => !isIgnored(file))
    .sort((a, b) => (a === 'Chart.yaml' ? -1 : b === 'Chart.yaml' ? 1 : a < b ? -1 : 1));
  return Promise.all(files.map(async file => ({ name: file, content: await readFile(path.join(folder, file)) })));
}
