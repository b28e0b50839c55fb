import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { tarBytes, type FileContent, type TarEntry } from './tar.ts';

/** An uncompressed tar: importing it is a copy, and its digest is also its diff id. */
export interface Layer {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly content: Buffer | FileContent;
  /** Bytes. */
  readonly size: number;
}

/** The part of the OCI image configuration that runtimes read (OCI image-spec, config.md). */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly StopSignal?: string;
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface Image {
  /** Full references with tag, e.g. `pure-pso/driver:0.1.0`; each is imported under its name. */
  readonly names: readonly string[];
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly Layer[];
  /** So many of the first layers are only named: whoever imports the archive has them already. */
  readonly layersLeftOut?: number;
}

/** A tar file as a layer. */
export async function layerOfFile(file: string): Promise<Layer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  const { size } = await stat(file);
  return { digest: `sha256:${hash.digest('hex')}`, size, content: { file, size } };
}

/** A layer of a few files made in memory. */
export async function layerOfEntries(entries: readonly TarEntry[]): Promise<Layer> {
  const chunks: Buffer[] = [];
  for await (const chunk of tarBytes(entries)) chunks.push(chunk);
  return blob(Buffer.concat(chunks));
}

/**
 * Writes an OCI image archive that `ctr images import`, skopeo and podman take. Returns the manifest's digest; the
 * same image gives the same bytes. The file appears only when it is whole.
 */
export async function writeOciArchive(output: string, image: Image): Promise<string> {
  const { layers } = image;
  const config = blob(json(configOf(image)));
  const manifest = blob(json(manifestOf(config, layers)));
  const stored = [...layers.slice(image.layersLeftOut ?? 0), config, manifest];
  const entries: TarEntry[] = [
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: json(indexOf(manifest, image.names)) },
    ...unique(stored).map(({ digest, content }) => ({ name: `blobs/${digest.replace(':', '/')}`, content })),
  ];
  await writeWhole(output, entries);
  return manifest.digest;
}

async function writeWhole(output: string, entries: readonly TarEntry[]): Promise<void> {
  await mkdir(path.dirname(output), { recursive: true });
  const fresh = `${output}.${process.pid}`;
  try {
    await pipeline(tarBytes(entries), createWriteStream(fresh, { highWaterMark: 1 << 20 }));
    await rename(fresh, output);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

const PLATFORM = { architecture: 'amd64', os: 'linux' };
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

const configOf = ({ config, layers }: Image): object => ({
  ...PLATFORM,
  config,
  rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
});

const manifestOf = (config: Layer, layers: readonly Layer[]): object => ({
  schemaVersion: 2,
  mediaType: MANIFEST_TYPE,
  config: descriptor(CONFIG_TYPE, config),
  layers: layers.map(each => descriptor(LAYER_TYPE, each)),
});

const indexOf = (manifest: Layer, names: readonly string[]): object => ({
  schemaVersion: 2,
  manifests: names.map(name => ({
    ...descriptor(MANIFEST_TYPE, manifest),
    platform: PLATFORM,
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tagOf(name) },
  })),
});

const descriptor = (mediaType: string, { digest, size }: Layer): object => ({ mediaType, digest, size });
const tagOf = (name: string): string => name.slice(name.lastIndexOf(':') + 1);
const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

function blob(content: Buffer): Layer {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { digest, content, size: content.length };
}

const unique = (layers: readonly Layer[]): readonly Layer[] => [...new Map(layers.map(l => [l.digest, l])).values()];
