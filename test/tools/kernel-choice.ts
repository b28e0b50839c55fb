import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact } from './artefact.ts';
import { expectedSeconds } from './cache.ts';
import { missing } from './ensure.ts';
import { KERNEL_WISHES, type KernelWish } from './kernel-wish.ts';
import { kernel } from './kernel.ts';
import { duration } from './progress.ts';
import { readyMadeKernel } from './ready-made-kernel.ts';

export interface ChosenKernel {
  /** Its file `linux` is the kernel. */
  readonly artefact: Artefact;
  /** Whether guests load what they need from `lib/modules` of the artefact; our own kernel has everything built in. */
  readonly modular: boolean;
  /** Which one and why, in one line. */
  readonly reason: string;
}

/** The kernel of a lab's guests. Only `own` ever builds ours: that takes minutes on all cores. */
export async function chooseKernel(wish: KernelWish): Promise<ChosenKernel> {
  const [unbuilt] = await missing([kernel]);
  const build = duration(await expectedSeconds(kernel));
  if (wish === 'ready-made') return readyMade('as asked for');
  if (wish === 'auto' && unbuilt !== undefined) {
    return readyMade(`ours is not built; \`--kernel own\` builds it once, in about ${build}`);
  }
  return own(unbuilt === undefined ? 'it is built already' : `as asked for; building it takes about ${build}`);
}

const own = (why: string): ChosenKernel => ({
  artefact: kernel,
  modular: false,
  reason: `kernel of the guests: our own Linux 6.12 (${why})`,
});

const readyMade = (why: string): ChosenKernel => ({
  artefact: readyMadeKernel,
  modular: true,
  reason: `kernel of the guests: Debian's ready-made Linux 6.1, slower and without NVMe (${why})`,
});

/** For command lines: an unknown word is named, with those there are. */
export function kernelWish(word: string): KernelWish {
  const wish = KERNEL_WISHES.find(known => known === word);
  if (wish !== undefined) return wish;
  throw new PsoError('invalid', `There is no kernel '${word}' (--kernel).`, `Use one of: ${KERNEL_WISHES.join(', ')}.`);
}
