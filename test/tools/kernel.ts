import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact, BuildContext } from './artefact.ts';
import { debianPackage } from './debian-package.ts';

/** Debian's source package: in bookworm it is the backport that follows the 6.12 long-term line. */
const SOURCE_PACKAGE = 'linux-source-6.12';
const CONFIG = path.join(import.meta.dirname, 'kernel', 'config');

/** Raise it when the steps of `build` change what comes out: a mere rewording must not cost a kernel build. */
const RECIPE = '1';

/** Names in the binary that would differ from build to build. */
const REPRODUCIBLE = { KBUILD_BUILD_USER: 'pure-pso', KBUILD_BUILD_HOST: 'lab', KBUILD_BUILD_TIMESTAMP: '@0' };

interface SourceEdit {
  readonly file: string;
  readonly find: RegExp;
  readonly replace: string;
}

/** Each edit must match once: a kernel in which they do not is not the one they were written for. */
const EDITS: readonly SourceEdit[] = [
  // FCoE runs over any network card; the dependency keeps it from User Mode Linux, which has no PCI.
  { file: 'drivers/scsi/Kconfig', find: /(\nconfig FCOE\n\ttristate .*\n)\tdepends on PCI\n/, replace: '$1' },
  // RoCE in software runs over any network card, too: it copies, and needs neither device memory nor DMA.
  {
    file: 'drivers/infiniband/Kconfig',
    find: /(\nmenuconfig INFINIBAND\n\ttristate .*\n)\tdepends on HAS_IOMEM && HAS_DMA\n/,
    replace: '$1',
  },
  {
    file: 'drivers/infiniband/sw/rxe/Kconfig',
    find: /(\tdepends on INET) && PCI( && INFINIBAND\n)/,
    replace: '$1$2',
  },
  // The kubelet's machine statistics want a clock speed in /proc/cpuinfo and give up without one.
  {
    file: 'arch/um/kernel/um_arch.c',
    find: /\tseq_printf\(m, "mode\\t\\t: skas\\n"\);\n/,
    replace: '$&\tseq_printf(m, "cpu MHz\\t\\t: 2000.000\\n");\n',
  },
  // A process that is killed while it forks leaves a mark, which is no area, in the child's list of memory areas; the
  // guest panics when it takes it for one.
  {
    file: 'arch/um/kernel/tlb.c',
    find: /(\tfor_each_vma\(vmi, vma\)) *\n(\t\tum_tlb_mark_sync\(mm, vma->vm_start, vma->vm_end\);\n)/,
    replace: '$1 {\n\t\tif (xa_is_zero(vma))\n\t\t\tbreak;\n$2\t}\n',
  },
];

/** Kernel of the guests: User Mode Linux with iSCSI, multipath, NVMe/TCP, NVMe/RoCE, FCoE, NFS and target support. File `linux`. */
export const kernel: Artefact = {
  name: 'kernel',
  title: 'Linux 6.12 for the guests',
  estimateSeconds: 600,
  weight: 'heavy',
  needs: [],
  hostPackages: [
    { name: 'gcc', provides: '/usr/bin/gcc' },
    { name: 'libc6-dev', provides: '/usr/include/stdio.h' },
    { name: 'make', provides: '/usr/bin/make' },
    { name: 'bison', provides: '/usr/bin/bison' },
    { name: 'flex', provides: '/usr/bin/flex' },
    { name: 'bc', provides: '/usr/bin/bc' },
    { name: 'xz-utils', provides: '/usr/bin/xz' },
  ],
  inputs: () => ({
    files: [CONFIG],
    values: [RECIPE, SOURCE_PACKAGE, JSON.stringify(EDITS.map(edit => [edit.file, edit.find.source, edit.replace]))],
  }),
  fetch: async context => {
    await sourceArchive(context);
  },
  build: async context => {
    const source = path.join(context.work, 'linux');
    await unpack(context, await sourceArchive(context), source);
    for (const edit of EDITS) await applyEdit(source, edit);
    const make = (...args: string[]): Promise<void> =>
      context.run('make', ['ARCH=um', ...args], { cwd: source, env: REPRODUCIBLE });
    await copyFile(CONFIG, path.join(source, '.config'));
    await make('olddefconfig');
    checkConfig(await readFile(CONFIG, 'utf8'), await readFile(path.join(source, '.config'), 'utf8'));
    context.note('compiling Linux');
    await make(`-j${availableParallelism()}`, 'linux');
    await context.run('strip', ['-o', path.join(context.out, 'linux'), path.join(source, 'linux')]);
  },
};

const sourceArchive = (context: BuildContext): Promise<string> => debianPackage(context, SOURCE_PACKAGE, '150 MB');

async function unpack(context: BuildContext, archive: string, source: string): Promise<void> {
  context.note('unpacking the source');
  await mkdir(source);
  const member = `./usr/src/${SOURCE_PACKAGE}.tar.xz`;
  const script = `set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -xO "$2" | xz -dT0 | tar -x --strip-components=1 -C "$3"`;
  await context.run('bash', ['-c', script, 'unpack', archive, member, source]);
}

async function applyEdit(source: string, { file, find, replace }: SourceEdit): Promise<void> {
  const target = path.join(source, file);
  const before = await readFile(target, 'utf8');
  const after = before.replace(find, replace);
  if (after === before) {
    throw new PsoError('invalid', `The edit of ${file} does not match this kernel source.`, 'Adapt it in kernel.ts.');
  }
  await writeFile(target, after);
}

/** Options asked for but not in the result: a renamed option or a missing dependency would else go unnoticed. */
export function lostOptions(asked: string, result: string): readonly string[] {
  const present = new Set(result.split('\n'));
  return asked.split('\n').filter(line => line.startsWith('CONFIG_') && !present.has(line));
}

function checkConfig(asked: string, result: string): void {
  const lost = lostOptions(asked, result);
  if (lost.length > 0) {
    throw new PsoError('invalid', `The kernel drops these options: ${lost.join(', ')}.`, 'Correct kernel/config.');
  }
}
