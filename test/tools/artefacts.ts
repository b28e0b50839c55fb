import { kubeSchemas } from '../chart/support/kube-schemas.ts';
import { browserTools } from '../rancher/browser-tools.ts';
import { newestHost, oldestHost, uiBundle, uiModules } from '../rancher/ui-artefacts.ts';
import type { Artefact } from './artefact.ts';
import { checkov } from './checkov.ts';
import {
  csiSanity,
  csiTools,
  grpcLoad,
  helmTools,
  helmUnittest,
  kubeScore,
  kubeTools,
  prometheusTools,
  rancherServer,
  snapshotCrds,
} from './go-tools.ts';
import { labImages } from './images/lab-images.ts';
import { productBaseImage } from './images/product-base-image.ts';
import { kernel } from './kernel.ts';
import { monitoringCrds } from './monitoring-crds.ts';
import { nodeDisk } from './node-disk.ts';
import { nodeRootfs } from './node-rootfs.ts';
import { readyMadeKernel } from './ready-made-kernel.ts';

/** The disk the lab's worker nodes start from; only the driver's code layer is left to import at boot. */
export const labNodeDisk = nodeDisk([labImages, productBaseImage]);

/** Everything `cli.ts` can build. */
export const artefacts: readonly Artefact[] = [
  csiTools,
  kubeTools,
  kernel,
  readyMadeKernel,
  nodeRootfs,
  helmTools,
  csiSanity,
  helmUnittest,
  kubeScore,
  checkov,
  grpcLoad,
  prometheusTools,
  kubeSchemas,
  snapshotCrds,
  monitoringCrds,
  ...productBaseImage.needs,
  productBaseImage,
  labImages,
  labNodeDisk,
  uiModules,
  uiBundle,
  newestHost.dashboard,
  oldestHost.modules,
  oldestHost.dashboard,
  rancherServer,
  browserTools,
];
