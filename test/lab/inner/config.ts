import { readFileSync } from 'node:fs';
import type { LabSettings } from '../options.ts';

/** Absolute paths of what was built before: test/tools makes them. */
export interface LabArtefacts {
  /** User Mode Linux binary. */
  readonly kernel: string;
  /** Folder with `lib/modules` of a kernel that has modules. */
  readonly modules?: string;
  /** Root folder of all guests, read-only. */
  readonly rootfs: string;
  /** Disk with the workers' container images, used copy-on-write. */
  readonly nodeDisk: string;
  /** Folder of etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kubectl. */
  readonly kubernetes: string;
  /** Folder of the CSI sidecars and snapshot-controller. */
  readonly csi: string;
  /** Folder of helm. */
  readonly helm: string;
  /** Folder of the VolumeSnapshot* CustomResourceDefinitions. */
  readonly snapshotCrds: string;
}

export interface Forward {
  readonly name: string;
  readonly to: string;
  /** Inherited descriptor of a socket that listens on the host's loopback. */
  readonly fd: number;
}

/** What the launcher hands to the program inside the namespaces, as a file. */
export interface InnerConfig {
  readonly root: string;
  readonly settings: LabSettings;
  readonly artefacts: LabArtefacts;
  readonly forwards: readonly Forward[];
}

export function readConfig(file: string): InnerConfig {
  return JSON.parse(readFileSync(file, 'utf8')) as InnerConfig;
}
