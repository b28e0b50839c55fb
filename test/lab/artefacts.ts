import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Artefact } from '../tools/artefact.ts';
import { cacheRoot } from '../tools/cache.ts';
import { ensureAll } from '../tools/ensure.ts';
import { csiTools, helmTools, kubeTools } from '../tools/go-tools.ts';
import { kernel } from '../tools/kernel.ts';
import { nodeRootfs } from '../tools/node-rootfs.ts';
import { LineProgress } from '../tools/progress.ts';
import type { LabArtefacts } from './inner/config.ts';

export type Report = (line: string) => void;

/**
 * Everything a lab is made of, built where it is missing. A path in the environment (`PURE_PSO_LAB_KERNEL`,
 * `…_ROOTFS`, `…_NODE_DISK`) takes the place of what would be built, for experiments with a kernel or a disk of one's own.
 */
export async function ensureLabArtefacts(report: Report): Promise<LabArtefacts> {
  using progress = new LineProgress({ write: text => report(text.trimEnd()) });
  const given = (name: string): string | undefined => process.env[`PURE_PSO_LAB_${name}`];
  const wanted: readonly (readonly [Artefact, string | undefined])[] = [
    [kernel, given('KERNEL')],
    [nodeRootfs, given('ROOTFS')],
    [kubeTools, undefined],
    [csiTools, undefined],
    [helmTools, undefined],
  ];
  const missing = wanted.filter(([, path]) => path === undefined).map(([artefact]) => artefact);
  const built = await ensureAll(missing, progress);
  const folderOf = (artefact: Artefact): string => built[missing.indexOf(artefact)] ?? '';
  return {
    kernel: given('KERNEL') ?? path.join(folderOf(kernel), 'linux'),
    rootfs: given('ROOTFS') ?? folderOf(nodeRootfs),
    nodeDisk: given('NODE_DISK') ?? '',
    kubernetes: folderOf(kubeTools),
    csi: folderOf(csiTools),
    helm: folderOf(helmTools),
    snapshotCrds: snapshotCrds(),
  };
}

/** The CustomResourceDefinitions come with the Go module that the pinned snapshot-controller is built from. */
function snapshotCrds(): string {
  const go = (...args: readonly string[]): string =>
    execFileSync('go', args, { cwd: path.join(import.meta.dirname, '..', 'tools', 'go', 'kube'), encoding: 'utf8' }).trim();
  const module = 'github.com/kubernetes-csi/external-snapshotter/client/v8';
  const target = path.join(cacheRoot(), 'snapshot-crds', go('list', '-m', '-f', '{{.Version}}', module));
  if (existsSync(target)) return target;
  const folder = go('list', '-m', '-f', '{{.Dir}}', module);
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(path.join(folder, 'config', 'crd'), unfinished, { recursive: true });
  renameSync(unfinished, target);
  return target;
}
