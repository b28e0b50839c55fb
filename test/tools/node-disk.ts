import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Artefact } from './artefact.ts';
import { isRoot } from './host-packages.ts';
import { nodeRootfs } from './node-rootfs.ts';

const SCRIPT = path.join(import.meta.dirname, 'node-disk', 'fill.sh');

/** Sparse: it takes only what the images take; nodes write to a copy-on-write file over it. */
const SIZE = '16G';

const UIDMAP = { name: 'uidmap', provides: '/usr/bin/newuidmap' };

/**
 * The ext4 disk a worker node starts from, with all images imported and unpacked (`/containerd`, `/kubelet`).
 * `images`: artefacts whose folders hold OCI archives `*.tar`. File `disk.img`.
 */
export function nodeDisk(images: readonly Artefact[]): Artefact {
  return {
    name: 'node-disk',
    title: 'disk of a worker node with all images',
    estimateSeconds: 20,
    weight: 'light',
    needs: [nodeRootfs, ...images],
    hostPackages: [{ name: 'e2fsprogs', provides: '/sbin/mkfs.ext4' }, ...(isRoot() ? [] : [UIDMAP])],
    inputs: () => ({ files: [SCRIPT], values: [SIZE] }),
    build: async context => {
      const archives = (await Promise.all(images.map(image => archivesIn(context.path(image))))).flat();
      context.note(`importing ${archives.length} images`);
      const store = path.join(context.work, 'store');
      const disk = path.join(context.out, 'disk.img');
      const script = ['bash', SCRIPT, context.path(nodeRootfs), store, disk, SIZE, ...archives];
      await context.run('unshare', [...namespaces(), '--', ...script]);
    },
  };
}

/** An ordinary user maps a range of ids: the layers have files of several owners. */
const namespaces = (): readonly string[] => [
  ...(isRoot() ? [] : ['--user', '--map-root-user', '--map-auto']),
  ...['--mount', '--propagation', 'private', '--net', '--pid', '--fork', '--kill-child'],
];

async function archivesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.tar')).sort();
  return names.map(name => path.join(folder, name));
}
