import type { Artefact } from './artefact.ts';
import { csiSanity, csiTools, helmTools, helmUnittest, kubeTools } from './go-tools.ts';
import { kernel } from './kernel.ts';
import { nodeRootfs } from './node-rootfs.ts';

/** Everything `cli.ts` can build. */
export const artefacts: readonly Artefact[] = [
  kubeTools,
  kernel,
  nodeRootfs,
  csiTools,
  helmTools,
  csiSanity,
  helmUnittest,
];
