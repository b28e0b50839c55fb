import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { ensure } from '../../test/tools/ensure.ts';
import { quiet, type Progress } from '../../test/tools/progress.ts';
import { IMAGE_PATH, imageBase, readBaseLayers } from './base-layers.ts';
import { APP_FOLDER, bundle } from './bundle.ts';
import { wholeName } from './image-name.ts';
import { layerOfEntries, writeOciArchive, type Image, type ImageConfig, type Layer } from './oci.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface DriverImageOptions {
  /** File of the archive. */
  readonly output: string;
  /** References with tag; `pure-pso/driver:<version>` without them. */
  readonly names?: readonly string[];
  /** TypeScript entry; `driver/src/main.ts` without it. */
  readonly entry?: string;
  /** Leaves out the blobs of the base layers, for nodes whose store has them (`productBaseImage`). */
  readonly thin?: boolean;
}

export interface DriverImage {
  readonly output: string;
  readonly names: readonly string[];
  /** Digest of the manifest. */
  readonly digest: string;
}

/** Heap of the driver: it must fit the chart's memory limit with the rest of the process. */
const MAX_OLD_SPACE_MIB = 96;
/** Young objects: with less, a third of a busy core's time goes into collecting them; with more, memory grows for no more speed. */
const MAX_SEMI_SPACE_MIB = 8;

/** How the image starts Node; benches start it in the same way. */
export const NODE_FLAGS: readonly string[] = [
  `--max-old-space-size=${MAX_OLD_SPACE_MIB}`,
  `--max-semi-space-size=${MAX_SEMI_SPACE_MIB}`,
];

const driverConfig = (version: string): ImageConfig => ({
  Entrypoint: ['/usr/local/bin/node', ...NODE_FLAGS, `/${APP_FOLDER}/main.mjs`],
  Env: [IMAGE_PATH],
  WorkingDir: '/',
  Labels: {
    'org.opencontainers.image.title': 'pure-pso driver',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  },
});

/** Bundles the driver and writes its image; the base layers come from the cache, or are built first. */
export async function writeDriverImage(options: DriverImageOptions, progress: Progress = quiet): Promise<DriverImage> {
  const [base, code, version] = await Promise.all([baseLayers(progress), codeLayer(options.entry), projectVersion()]);
  const names = (options.names ?? [`pure-pso/driver:${version}`]).map(wholeName);
  const image: Image = {
    names,
    config: driverConfig(version),
    layers: [...base, code],
    layersLeftOut: options.thin === true ? base.length : 0,
  };
  return { output: options.output, names, digest: await writeOciArchive(options.output, image) };
}

/** The only layer that changes with the code. */
export async function codeLayer(entry = path.join(ROOT, 'driver/src/main.ts')): Promise<Layer> {
  try {
    return await layerOfEntries(await bundle(entry));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PsoError('invalid', `Cannot bundle ${entry}: ${reason}`, 'Correct the source and run this again.', {
      cause: error,
    });
  }
}

async function baseLayers(progress: Progress): Promise<readonly Layer[]> {
  return readBaseLayers(await ensure(imageBase, progress));
}

const manifestSchema = z.object({ version: z.string().min(1) });

/** Of package.json: also the default tag. */
export async function projectVersion(): Promise<string> {
  return manifestSchema.parse(JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'))).version;
}
