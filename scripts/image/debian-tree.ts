import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildContext, HostPackage } from '../../test/tools/artefact.ts';

export const DEBIAN_SUITE = 'bookworm';

/** What `debianTree` and `packTree` call on the host. */
export const DEBIAN_HOST_PACKAGES: readonly HostPackage[] = [
  { name: 'mmdebstrap', provides: '/usr/bin/mmdebstrap' },
  { name: 'debian-archive-keyring', provides: '/usr/share/keyrings/debian-archive-keyring.gpg' },
];

/**
 * The unpacked files of Debian packages, not configured: no maintainer script runs, so what those would make and a
 * container needs (passwd, sh, the loader's cache) is made here. Owner and setuid bits are dropped.
 */
export async function debianTree(context: BuildContext, packages: readonly string[], users: string): Promise<string> {
  const tar = path.join(context.work, 'packages.tar');
  const tree = path.join(context.work, 'tree');
  await mkdir(tree);
  context.note('fetching and unpacking Debian packages');
  await context.run('mmdebstrap', ['--variant=extract', `--include=${packages.join(',')}`, DEBIAN_SUITE, tar]);
  await context.run('tar', ['--no-same-owner', '--exclude=./dev/*', '-C', tree, '-xf', tar]);
  await context.run('chmod', ['-R', 'u-s,g-s,-t,u+rwX,go+rX,go-w', tree]);
  await rm(tar);
  await configure(context, tree, users);
  await context.run('chmod', ['1777', ...SHARED_FOLDERS.map(folder => path.join(tree, folder))]);
  await slim(tree);
  return tree;
}

/** Containers run as an ordinary user and write here. */
const SHARED_FOLDERS = ['tmp', 'var/tmp'];

async function configure(context: BuildContext, tree: string, users: string): Promise<void> {
  const inTree = (file: string): string => path.join(tree, file);
  for (const folder of ['etc', 'run', 'proc', 'sys', 'dev', 'bin', 'root', ...SHARED_FOLDERS]) {
    await mkdir(inTree(folder), { recursive: true });
  }
  await writeFile(inTree('etc/passwd'), `${BASE_USERS}${users}`);
  await writeFile(inTree('etc/group'), GROUPS);
  await link(inTree('bin/sh'), 'bash');
  await link(inTree('etc/mtab'), '/proc/mounts');
  await context.run('/sbin/ldconfig', ['-r', tree]);
}

const BASE_USERS = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n';
const GROUPS = 'root:x:0:\nnogroup:x:65534:\n';

/** Made in the tree of an image, never in the repository. */
async function link(file: string, target: string): Promise<void> {
  await rm(file, { force: true });
  await symlink(target, file);
}

/** Folders and files that no container of ours opens. */
const REMOVED_FOLDERS = [
  ...['man', 'doc', 'locale', 'perl', 'perl5', 'info', 'zoneinfo', 'bash-completion', 'initramfs-tools', 'i18n'].map(
    name => `usr/share/${name}`,
  ),
  ...['terminfo', 'common-licenses', 'lintian', 'bug', 'python3', 'doc-base', 'menu'].map(name => `usr/share/${name}`),
  'usr/lib/python3', 'usr/lib/valgrind', 'usr/lib/initcpio', 'usr/lib/systemd', 'lib/systemd', 'usr/lib/x86_64-linux-gnu/gconv',
  'usr/include', 'usr/games', 'usr/src', 'boot', 'var/cache', 'var/lib/apt', 'var/log',
]; // prettier-ignore
const REMOVED_FILES: readonly (readonly [folder: string, prefixes: readonly string[]])[] = [
  ['usr/bin', ['perl', 'python', 'openssl', 'gdb']],
  ['usr/lib/x86_64-linux-gnu', ['perl', 'libperl', 'libguile']],
  ['usr/lib', ['python3.', 'initramfs']],
];

async function slim(tree: string): Promise<void> {
  for (const folder of REMOVED_FOLDERS) await rm(path.join(tree, folder), { recursive: true, force: true });
  for (const [folder, prefixes] of REMOVED_FILES) {
    for (const name of await readdir(path.join(tree, folder))) {
      if (prefixes.some(prefix => name.startsWith(prefix))) {
        await rm(path.join(tree, folder, name), { recursive: true });
      }
    }
  }
}

/** Packs a folder so that equal content gives equal bytes, everything owned by root. */
export async function packTree(context: BuildContext, tree: string, output: string): Promise<void> {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await context.run('tar', [...same, '-C', tree, '-cf', output, '.']);
}
