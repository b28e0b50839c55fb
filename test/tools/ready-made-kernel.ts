import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Artefact, BuildContext } from './artefact.ts';
import { debianPackage } from './debian-package.ts';

/** Linux 6.1 in bookworm. */
const PACKAGE = 'user-mode-linux';

/** Raise it when the steps of `build` change what comes out. */
const RECIPE = '1';

/**
 * Debian's own build of User Mode Linux: a kernel for the guests within seconds, where ours takes minutes. It boots
 * slower and has no NVMe. File `linux`, modules in `lib/modules/<release>`.
 */
export const readyMadeKernel: Artefact = {
  name: 'ready-made-kernel',
  title: "Debian's Linux 6.1 for the guests",
  estimateSeconds: 10,
  weight: 'light',
  needs: [],
  hostPackages: [],
  inputs: () => ({ files: [], values: [RECIPE, PACKAGE] }),
  fetch: async context => {
    await archive(context);
  },
  build: async context => {
    const tree = path.join(context.work, 'tree');
    await context.run('dpkg-deb', ['-x', await archive(context), tree]);
    await mkdir(path.join(context.out, 'lib'));
    await rename(path.join(tree, 'usr/bin/linux.uml'), path.join(context.out, 'linux'));
    await rename(path.join(tree, 'usr/lib/uml/modules'), path.join(context.out, 'lib/modules'));
  },
};

const archive = (context: BuildContext): Promise<string> => debianPackage(context, PACKAGE, '41 MB');
