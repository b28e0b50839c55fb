import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PsoError } from '../../../driver/src/domain/errors.ts';

const GO_MOD = path.resolve(import.meta.dirname, '../go/kube/go.mod');

/** Binary -> Go module below github.com/kubernetes-csi; the module's version is the image's tag. */
const MODULES = {
  'csi-provisioner': 'external-provisioner/v6',
  'csi-attacher': 'external-attacher/v4',
  'csi-resizer': 'external-resizer/v2',
  'csi-snapshotter': 'external-snapshotter/v8',
  'snapshot-controller': 'external-snapshotter/v8',
} as const;

export interface Sidecar {
  /** Name of the binary, of the image and of its archive. */
  readonly binary: string;
  /** References it is imported under: the public one, so that the chart's defaults work, and the lab's. */
  readonly names: readonly string[];
}

/** Where the Kubernetes project publishes its sidecars, and a registry that stands in for it. */
const REGISTRIES = ['registry.k8s.io/sig-storage', 'lab.local/sig-storage'] as const;

/** The sidecars built from the Go modules pinned in go.mod. */
export async function sidecars(registries: readonly string[] = REGISTRIES): Promise<readonly Sidecar[]> {
  const goMod = await readFile(GO_MOD, 'utf8');
  return Object.entries(MODULES).map(([binary, module]) => {
    const tag = versionOf(goMod, `github.com/kubernetes-csi/${module}`);
    return { binary, names: registries.map(registry => `${registry}/${binary}:${tag}`) };
  });
}

function versionOf(goMod: string, module: string): string {
  const line = goMod.split('\n').find(each => each.trim().startsWith(`${module} v`));
  const version = line?.trim().split(' ')[1];
  if (version === undefined) throw new PsoError('bug', `go.mod requires no ${module}.`, 'Add it with `go get`.');
  return version;
}
