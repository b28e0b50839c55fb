import path from 'node:path';
import type { Artefact } from '../tools/artefact.ts';
import { labNodeDisk } from '../tools/artefacts.ts';
import { ensureAll } from '../tools/ensure.ts';
import { csiTools, helmTools, kubeTools, snapshotCrds } from '../tools/go-tools.ts';
import { chooseKernel } from '../tools/kernel-choice.ts';
import type { KernelWish } from '../tools/kernel-wish.ts';
import { nodeRootfs } from '../tools/node-rootfs.ts';
import { LineProgress } from '../tools/progress.ts';
import type { LabArtefacts } from './inner/config.ts';

export type Report = (line: string) => void;

/**
 * Everything a lab is made of, built where it is missing. A path in the environment (`PURE_PSO_LAB_KERNEL`,
 * `…_ROOTFS`, `…_NODE_DISK`) takes the place of what would be built, for experiments with one's own.
 */
export async function ensureLabArtefacts(wish: KernelWish, report: Report): Promise<LabArtefacts> {
  using progress = new LineProgress({ write: text => report(text.trimEnd()) });
  const given = (name: string): string | undefined => process.env[`PURE_PSO_LAB_${name}`];
  const givenKernel = given('KERNEL');
  const choice = await chooseKernel(wish);
  if (givenKernel === undefined) report(choice.reason);
  const parts = {
    kernel: { artefact: choice.artefact, file: 'linux', given: givenKernel },
    rootfs: { artefact: nodeRootfs, given: given('ROOTFS') },
    nodeDisk: { artefact: labNodeDisk, file: 'disk.img', given: given('NODE_DISK') },
    kubernetes: { artefact: kubeTools },
    csi: { artefact: csiTools },
    helm: { artefact: helmTools },
    snapshotCrds: { artefact: snapshotCrds },
  } satisfies Readonly<Record<Exclude<keyof LabArtefacts, 'modules'>, Part>>;
  const wanted = Object.values<Part>(parts).filter(part => part.given === undefined);
  const folders = await ensureAll(
    wanted.map(part => part.artefact),
    progress,
  );
  const pathOf = (part: Part): string => part.given ?? path.join(folders[wanted.indexOf(part)] ?? '', part.file ?? '');
  const kernel = pathOf(parts.kernel);
  return {
    kernel,
    ...(choice.modular && givenKernel === undefined ? { modules: path.dirname(kernel) } : {}),
    rootfs: pathOf(parts.rootfs),
    nodeDisk: pathOf(parts.nodeDisk),
    kubernetes: pathOf(parts.kubernetes),
    csi: pathOf(parts.csi),
    helm: pathOf(parts.helm),
    snapshotCrds: pathOf(parts.snapshotCrds),
  };
}

interface Part {
  readonly artefact: Artefact;
  /** Name inside the artefact's folder; the folder itself without it. */
  readonly file?: string;
  readonly given?: string | undefined;
}
