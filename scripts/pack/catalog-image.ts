import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact } from '../../test/tools/artefact.ts';
import { ensure } from '../../test/tools/ensure.ts';
import { quiet, type Progress } from '../../test/tools/progress.ts';
import { DEBIAN_HOST_PACKAGES, DEBIAN_SUITE } from '../image/debian-tree.ts';
import { wholeName } from '../image/image-name.ts';
import { layerOfEntries, writeOciArchive, type ImageConfig } from '../image/oci.ts';
import type { TarEntry } from '../image/tar.ts';

/** Rancher's dialog "Import Extension Catalog" asks for this port (shell's ExtensionCatalogInstallDialog of 2.15). */
const PORT = 8080;
const FOLDER = 'catalog';
const ORDINARY_USER = '65532:65532';
const SERVER = 'bin/busybox';
const LICENCE = 'usr/share/doc/busybox-static/copyright';

/** A web server without a library: all that the image needs beside the catalog. */
const busybox: Artefact = {
  name: 'busybox',
  title: "Debian's static busybox, the web server of the catalog's image",
  estimateSeconds: 10,
  weight: 'light',
  needs: [],
  hostPackages: DEBIAN_HOST_PACKAGES,
  inputs: () => ({ files: [import.meta.filename], values: [DEBIAN_SUITE] }),
  build: async context => {
    const tar = path.join(context.work, 'packages.tar');
    context.note('fetching and unpacking a Debian package');
    await context.run('mmdebstrap', ['--variant=extract', '--include=busybox-static', DEBIAN_SUITE, tar]);
    await context.run('tar', ['--no-same-owner', '-C', context.out, '-xf', tar, `./${SERVER}`, `./${LICENCE}`]);
  },
};

const config = (version: string): ImageConfig => ({
  Entrypoint: [`/${SERVER}`, 'httpd', '-f', '-p', String(PORT), '-h', `/${FOLDER}`],
  User: ORDINARY_USER,
  WorkingDir: '/',
  Labels: {
    'org.opencontainers.image.title': 'pure-pso catalog',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': 'Apache-2.0 AND GPL-2.0-only',
  },
});

/** The dialog reads a name before a version of three numbers, after a slash, and refuses any other reference. */
const READABLE = /\/(?<name>[^/:]+):\d+\.\d+\.\d+(?:-[a-zA-Z0-9]+)?$/;

/** Where Rancher's server finds what the dialog makes of an image: a Service named after the last part of its name. */
export function addressInRancher(image: string): string {
  const name = READABLE.exec(image)?.groups?.['name'];
  if (name === undefined) {
    throw new PsoError(
      'invalid',
      `--image-name '${image}' is not what Rancher can import.`,
      'Write e.g. registry.example.com/pure-pso/pure-pso-catalog:0.1.0, with a version of three numbers.',
    );
  }
  return `http://${name}-svc.cattle-ui-plugin-system.svc:${PORT}/`;
}

/** Writes an image that serves a packed catalog by HTTP, as an ordinary user who writes nothing. Returns the manifest's digest. */
export async function writeCatalogImage(
  { catalog, name, version, output }: Readonly<Record<'catalog' | 'name' | 'version' | 'output', string>>,
  progress: Progress = quiet,
): Promise<string> {
  const tools = await ensure(busybox, progress);
  const server: readonly TarEntry[] = [
    { name: SERVER, mode: 0o755, content: await readFile(path.join(tools, SERVER)) },
    { name: LICENCE, content: await readFile(path.join(tools, LICENCE)) },
  ];
  const layers = await Promise.all([layerOfEntries(server), filesBelow(catalog).then(layerOfEntries)]);
  return writeOciArchive(output, { names: [wholeName(name)], config: config(version), layers });
}

async function filesBelow(catalog: string): Promise<readonly TarEntry[]> {
  const found = await readdir(catalog, { recursive: true, withFileTypes: true });
  const files = found.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async file => ({
      name: `${FOLDER}/${path.relative(catalog, file)}`,
      content: await readFile(file),
    })),
  );
}
