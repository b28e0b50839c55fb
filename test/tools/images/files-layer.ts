import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { DEBIAN_HOST_PACKAGES, DEBIAN_SUITE, debianTree, packTree } from '../../../scripts/image/debian-tree.ts';
import type { Artefact } from '../artefact.ts';

const CONFIGURATION = path.join(import.meta.dirname, 'files-server.conf');
const DEBIAN_TREE = path.resolve(import.meta.dirname, '../../../scripts/image/debian-tree.ts');

const PACKAGES = ['bash', 'coreutils', 'libc-bin', 'lighttpd', 'lighttpd-mod-webdav'];
const USER_ID = 33;

export const FILES_USER = `${USER_ID}:${USER_ID}`;
export const FILES_COMMAND = ['/usr/sbin/lighttpd', '-D', '-f', '/app/server.conf'];
export const FILES_LAYER_FILE = 'files.tar';

/** The WebDAV server of Debian's lighttpd on /files, port 8080: the lab's file sharing. */
export const filesLayer: Artefact = {
  name: 'files-layer',
  title: "layer of the lab's file-sharing image",
  estimateSeconds: 20,
  weight: 'light',
  needs: [],
  hostPackages: DEBIAN_HOST_PACKAGES,
  inputs: () => ({ files: [CONFIGURATION, DEBIAN_TREE, import.meta.filename], values: [DEBIAN_SUITE] }),
  build: async context => {
    const user = `www-data:x:${USER_ID}:${USER_ID}:www-data:/files:/bin/bash\n`;
    const tree = await debianTree(context, PACKAGES, user);
    await mkdir(path.join(tree, 'app'));
    await mkdir(path.join(tree, 'files'));
    await copyFile(CONFIGURATION, path.join(tree, 'app/server.conf'));
    await context.run('chmod', ['-R', 'go+rX', path.join(tree, 'app')]);
    await packTree(context, tree, path.join(context.out, FILES_LAYER_FILE));
  },
};
