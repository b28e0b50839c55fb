import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { layerOfEntries, layerOfFile, writeOciArchive, type Layer } from '../../../scripts/image/oci.ts';
import type { Artefact, BuildContext } from '../artefact.ts';
import { csiTools } from '../go-tools.ts';
import { FILES_COMMAND, FILES_LAYER_FILE, FILES_USER, filesLayer } from './files-layer.ts';
import { POSTGRES_ENV, POSTGRES_LAYER_FILE, POSTGRES_USER, postgresLayer } from './postgres-layer.ts';
import { sidecars, type Sidecar } from './sidecars.ts';

const PAUSE_SOURCE = path.join(import.meta.dirname, 'pause.c');
const SIDECARS_SOURCE = path.join(import.meta.dirname, 'sidecars.ts');
const OCI_SOURCES = ['oci.ts', 'tar.ts'].map(file => path.resolve(import.meta.dirname, '../../../scripts/image', file));

/** Registry part of the lab's image names; nothing is ever pulled from it. */
export const LAB_REGISTRY = 'lab.local';
export const PAUSE_IMAGE = `${LAB_REGISTRY}/pause:1`;
export const POSTGRES_IMAGE = `${LAB_REGISTRY}/postgres:15`;
export const FILES_IMAGE = `${LAB_REGISTRY}/files:1`;

const ORDINARY_USER = '65532:65532';

/** A folder with one OCI archive per image: `pause.tar`, `postgres.tar`, `files.tar`, and one per sidecar. */
export const labImages: Artefact = {
  name: 'lab-images',
  title: 'images of sidecars, PostgreSQL, file sharing and pause',
  estimateSeconds: 5,
  weight: 'light',
  needs: [csiTools, postgresLayer, filesLayer],
  hostPackages: [
    { name: 'gcc', provides: '/usr/bin/gcc' },
    { name: 'libc6-dev', provides: '/usr/lib/x86_64-linux-gnu/libc.a' },
  ],
  inputs: () => ({ files: [PAUSE_SOURCE, SIDECARS_SOURCE, ...OCI_SOURCES, import.meta.filename], values: [] }),
  build: async context => {
    await writePause(context);
    for (const sidecar of await sidecars()) await writeSidecar(context, sidecar);
    await writePostgres(context);
    await writeFiles(context);
  },
};

async function writePause(context: BuildContext): Promise<void> {
  const binary = path.join(context.work, 'pause');
  await context.run('gcc', ['-static', '-Os', '-s', '-o', binary, PAUSE_SOURCE]);
  await writeOciArchive(path.join(context.out, 'pause.tar'), {
    names: [PAUSE_IMAGE],
    config: { Entrypoint: ['/pause'], User: '65535:65535' },
    layers: [await binaryLayer('pause', binary)],
  });
}

async function writeSidecar(context: BuildContext, { binary, names }: Sidecar): Promise<void> {
  context.note(binary);
  await writeOciArchive(path.join(context.out, `${binary}.tar`), {
    names,
    config: { Entrypoint: [`/${binary}`], User: ORDINARY_USER },
    layers: [await binaryLayer(binary, path.join(context.path(csiTools), binary))],
  });
}

async function writePostgres(context: BuildContext): Promise<void> {
  const layer = path.join(context.path(postgresLayer), POSTGRES_LAYER_FILE);
  await writeOciArchive(path.join(context.out, 'postgres.tar'), {
    names: [POSTGRES_IMAGE],
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    config: { Entrypoint: ['/app/start.sh'], User: POSTGRES_USER, Env: POSTGRES_ENV, StopSignal: 'SIGINT' },
    layers: [await layerOfFile(layer)],
  });
}

async function writeFiles(context: BuildContext): Promise<void> {
  const layer = path.join(context.path(filesLayer), FILES_LAYER_FILE);
  await writeOciArchive(path.join(context.out, 'files.tar'), {
    names: [FILES_IMAGE],
    config: { Entrypoint: FILES_COMMAND, User: FILES_USER, Env: ['PATH=/usr/bin:/bin', 'LC_ALL=C.UTF-8'] },
    layers: [await layerOfFile(layer)],
  });
}

/** One static program at the root. */
async function binaryLayer(name: string, file: string): Promise<Layer> {
  return layerOfEntries([{ name, mode: 0o755, content: await readFile(file) }]);
}
