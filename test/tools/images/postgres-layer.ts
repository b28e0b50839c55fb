import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEBIAN_HOST_PACKAGES, DEBIAN_SUITE, debianTree, packTree } from '../../../scripts/image/debian-tree.ts';
import type { Artefact, BuildContext } from '../artefact.ts';

const START_SCRIPT = path.join(import.meta.dirname, 'postgres-start.sh');
const DEBIAN_TREE = path.resolve(import.meta.dirname, '../../../scripts/image/debian-tree.ts');

const PACKAGES = ['bash', 'coreutils', 'libc-bin', 'postgresql-15'];
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const USER_ID = 999;

export const POSTGRES_USER = `${USER_ID}:${USER_ID}`;
export const POSTGRES_ENV = [`PATH=${PROGRAMS}:/usr/bin:/bin`, 'PGDATA=/data/pg', 'LC_ALL=C.UTF-8'];
export const POSTGRES_LAYER_FILE = 'postgres.tar';

/** PostgreSQL of Debian with a ready data folder: the lab's database. */
export const postgresLayer: Artefact = {
  name: 'postgres-layer',
  title: "layer of the lab's PostgreSQL image",
  estimateSeconds: 20,
  weight: 'light',
  needs: [],
  hostPackages: DEBIAN_HOST_PACKAGES,
  inputs: () => ({ files: [START_SCRIPT, DEBIAN_TREE, import.meta.filename], values: [DEBIAN_SUITE] }),
  build: async context => {
    const user = `postgres:x:${USER_ID}:${USER_ID}:postgres:/tmp:/bin/bash\n`;
    const tree = await debianTree(context, PACKAGES, user);
    await removeUnused(tree);
    await mkdir(path.join(tree, 'app'));
    await mkdir(path.join(tree, 'data'));
    await copyFile(START_SCRIPT, path.join(tree, 'app/start.sh'));
    await makeTemplate(context, tree);
    await context.run('chmod', ['-R', 'go+rX', path.join(tree, 'app')]);
    await packTree(context, tree, path.join(context.out, POSTGRES_LAYER_FILE));
  },
};

/** The just-in-time compiler brings LLVM along, three times the size of the rest. */
async function removeUnused(tree: string): Promise<void> {
  const unused = ['usr/lib/postgresql/15/lib/bitcode', 'usr/lib/postgresql/15/lib/llvmjit.so', 'usr/lib/llvm-14'];
  for (const file of unused) await rm(path.join(tree, file), { recursive: true, force: true });
  const libraries = path.join(tree, 'usr/lib/x86_64-linux-gnu');
  for (const name of await readdir(libraries)) {
    if (/^lib(LLVM|z3)/.test(name)) await rm(path.join(libraries, name), { recursive: true });
  }
}

/** initdb refuses to run as root: it runs as 999 of a user namespace, in which every file belongs to it. */
async function makeTemplate(context: BuildContext, tree: string): Promise<void> {
  context.note('making the data folder');
  const devNull = path.join(tree, 'dev/null');
  await writeFile(devNull, '');
  const initdb = [
    'initdb',
    '-D',
    '/app/template',
    '-U',
    'postgres',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const script = [
    `mount --bind /dev/null '${devNull}'`,
    `exec unshare --user --map-user=${USER_ID} --map-group=${USER_ID} --root='${tree}' ${initdb.join(' ')} --auth=trust`,
  ].join('\n');
  const namespaces = ['--user', '--map-root-user', '--mount', '/bin/bash', '-euc', script];
  await context.run('unshare', namespaces, {
    env: { PATH: `${PROGRAMS}:/usr/bin:/bin:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' },
  });
  await rm(devNull);
  await writeFile(path.join(tree, 'app/template/pg_hba.conf'), HOST_RULES);
}

/** A lab's pods may connect without a password: its network is its own. */
const HOST_RULES = ['local all all trust', 'host all all all trust', ''].join('\n');
