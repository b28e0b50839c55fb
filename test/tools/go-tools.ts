import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact, BuildContext } from './artefact.ts';

const KUBERNETES = 'k8s.io/kubernetes';
const KUBE_VERSION = 'k8s.io/component-base/version';
const CSI = 'github.com/kubernetes-csi';

interface GoSet {
  readonly name: string;
  readonly title: string;
  /** Folder below `go/` that holds the pinned go.mod and go.sum. */
  readonly module: string;
  /** Binary name -> Go package. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Linker flags besides `-s -w`, from the versions pinned in go.mod. */
  readonly linkerFlags?: (version: (module: string) => string) => readonly string[];
  /** Build tags. */
  readonly tags?: string;
  readonly estimateSeconds: number;
}

/** API server, controller manager, scheduler, kubelet, kubectl and etcd. */
export const kubeTools = goSet({
  name: 'go-kube',
  title: 'Kubernetes control plane, kubelet, kubectl, etcd',
  module: 'kube',
  binaries: {
    'kube-apiserver': `${KUBERNETES}/cmd/kube-apiserver`,
    'kube-controller-manager': `${KUBERNETES}/cmd/kube-controller-manager`,
    'kube-scheduler': `${KUBERNETES}/cmd/kube-scheduler`,
    kubelet: `${KUBERNETES}/cmd/kubelet`,
    kubectl: `${KUBERNETES}/cmd/kubectl`,
    etcd: 'go.etcd.io/etcd/server/v3',
  },
  // Without these the server calls itself v0.0.0-master and Helm's kubeVersion checks fail.
  linkerFlags: version => kubeVersionFlags(version(KUBERNETES)),
  estimateSeconds: 330,
});

/** The CSI sidecars and the snapshot controller. */
export const csiTools = goSet({
  name: 'go-csi',
  title: 'CSI sidecars',
  module: 'kube',
  binaries: {
    'csi-provisioner': `${CSI}/external-provisioner/v6/cmd/csi-provisioner`,
    'csi-attacher': `${CSI}/external-attacher/v4/cmd/csi-attacher`,
    'csi-resizer': `${CSI}/external-resizer/v2/cmd/csi-resizer`,
    'csi-snapshotter': `${CSI}/external-snapshotter/v8/cmd/csi-snapshotter`,
    'snapshot-controller': `${CSI}/external-snapshotter/v8/cmd/snapshot-controller`,
  },
  estimateSeconds: 25,
});

/** Helm 3 and kubeconform. */
export const helmTools = goSet({
  name: 'go-helm',
  title: 'Helm 3, kubeconform',
  module: 'kube',
  binaries: { helm: 'helm.sh/helm/v3/cmd/helm', kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform' },
  linkerFlags: version => [`-X helm.sh/helm/v3/internal/version.version=${version('helm.sh/helm/v3')}`],
  estimateSeconds: 20,
});

/** Its CSI spec is newer than the kubelet's, hence a module of its own. */
export const csiSanity = goSet({
  name: 'csi-sanity',
  title: 'CSI conformance suite',
  module: 'csi-sanity',
  binaries: { 'csi-sanity': `${CSI}/csi-test/v5/cmd/csi-sanity` },
  estimateSeconds: 15,
});

/** Calls gRPC services under load, as the sidecars do: from Go. */
export const grpcLoad = goSet({
  name: 'grpc-load',
  title: 'gRPC load generator',
  module: 'ghz',
  binaries: { ghz: 'github.com/bojand/ghz/cmd/ghz' },
  estimateSeconds: 30,
});

/** Prometheus without the discovery of clouds, and promtool. */
export const prometheusTools = goSet({
  name: 'prometheus',
  title: 'Prometheus, promtool',
  module: 'prometheus',
  binaries: {
    promtool: 'github.com/prometheus/prometheus/cmd/promtool',
    prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
  },
  tags: 'remove_all_sd',
  estimateSeconds: 150,
});

export const helmUnittest = goSet({
  name: 'helm-unittest',
  title: 'Helm chart unit tests',
  module: 'helm-unittest',
  binaries: { 'helm-unittest': 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest' },
  estimateSeconds: 30,
});

/** Rancher's API (Steve) and what its dashboard needs besides, on any API server. */
export const rancherServer = goSet({
  name: 'rancher-server',
  title: "Rancher's API for its dashboard",
  module: 'rancher',
  binaries: { 'rancher-server': '.' },
  estimateSeconds: 240,
});

/** Static analysis of rendered manifests. */
export const kubeScore = goSet({
  name: 'kube-score',
  title: 'static analysis of manifests',
  module: 'kube-score',
  binaries: { 'kube-score': 'github.com/zegl/kube-score/cmd/kube-score' },
  estimateSeconds: 40,
});

const SNAPSHOT_CLIENT = `${CSI}/external-snapshotter/client/v8`;
const KUBE_MODULE = path.join(import.meta.dirname, 'go', 'kube');

/** CustomResourceDefinitions of volume snapshots as YAML files, from the module the snapshotter is built from. */
export const snapshotCrds: Artefact = {
  name: 'snapshot-crds',
  title: 'definitions of volume snapshots',
  estimateSeconds: 2,
  weight: 'light',
  needs: [],
  hostPackages: [],
  inputs: async () => ({ files: [], values: [versionIn(await goModOf(KUBE_MODULE), SNAPSHOT_CLIENT)] }),
  build: async context => {
    const go = await goCommand();
    const answer = path.join(context.work, 'folder');
    const options = { cwd: KUBE_MODULE, env: BUILD_ENV };
    await context.run(go, ['mod', 'download', SNAPSHOT_CLIENT], options);
    await context.run(go, ['list', '-m', '-f', '{{.Dir}}', SNAPSHOT_CLIENT], { ...options, stdoutFile: answer });
    const folder = (await readFile(answer, 'utf8')).trim();
    await cp(path.join(folder, 'config', 'crd'), context.out, { recursive: true });
    await context.run('chmod', ['-R', 'u+w', context.out]);
  },
};

function goSet(set: GoSet): Artefact {
  const folder = path.join(import.meta.dirname, 'go', set.module);
  return {
    name: set.name,
    title: set.title,
    estimateSeconds: set.estimateSeconds,
    weight: 'heavy',
    needs: [],
    hostPackages: [],
    inputs: async () => ({
      files: [folder],
      values: [
        JSON.stringify(set.binaries),
        await linkerFlags(set, folder),
        JSON.stringify(BUILD_ENV),
        ...(set.tags === undefined ? [] : [set.tags]),
      ],
    }),
    fetch: async context => {
      context.note('downloading Go modules');
      const packages = Object.values(set.binaries);
      // `go mod download` would fetch the whole graph; listing the dependencies fetches what is compiled.
      await context.run(await goCommand(), ['list', '-deps', ...tagFlags(set), ...packages], {
        cwd: folder,
        env: BUILD_ENV,
      });
    },
    build: context => compile(context, set, folder),
  };
}

const BUILD_ENV = { CGO_ENABLED: '0', GOFLAGS: '-trimpath -mod=readonly', GOOS: 'linux', GOARCH: 'amd64' };

/** One binary after the other: shared packages come from Go's own cache, and each is named in the progress. */
async function compile(context: BuildContext, set: GoSet, folder: string): Promise<void> {
  const go = await goCommand();
  const flags = await linkerFlags(set, folder);
  for (const [binary, goPackage] of Object.entries(set.binaries)) {
    context.note(`compiling ${binary}`);
    const args = ['build', ...tagFlags(set), '-ldflags', flags, '-o', path.join(context.out, binary), goPackage];
    await context.run(go, args, { cwd: folder, env: BUILD_ENV });
  }
}

const tagFlags = ({ tags }: GoSet): readonly string[] => (tags === undefined ? [] : ['-tags', tags]);

const goModOf = (folder: string): Promise<string> => readFile(path.join(folder, 'go.mod'), 'utf8');

async function linkerFlags(set: GoSet, folder: string): Promise<string> {
  const goMod = await goModOf(folder);
  const version = (module: string): string => versionIn(goMod, module);
  return ['-s', '-w', ...(set.linkerFlags?.(version) ?? [])].join(' ');
}

/** Version of a module in the text of a go.mod, e.g. `v1.36.3`. */
export function versionIn(goMod: string, module: string): string {
  const words = goMod.split('\n').map(line => line.trim().split(/\s+/));
  const found = words.map(line => (line[0] === 'require' ? line.slice(1) : line)).find(([name]) => name === module);
  if (found?.[1]?.startsWith('v') !== true) {
    throw new PsoError('invalid', `go.mod has no version of ${module}.`, 'Add it to its require list.');
  }
  return found[1];
}

function kubeVersionFlags(version: string): readonly string[] {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  return Object.entries({ gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' }).map(
    ([name, value]) => `-X ${KUBE_VERSION}.${name}=${value ?? ''}`,
  );
}

/** From this version on Go fetches the toolchain that go.mod names by itself. */
const OLDEST_GO_MINOR = 21;

/** Absolute path of a Go that can build the pinned modules. */
async function goCommand(): Promise<string> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/go/bin', '/usr/lib/go/bin'];
  const found = folders.map(folder => path.join(folder, 'go')).find(file => existsSync(file));
  const nextStep = `Install Go 1.${OLDEST_GO_MINOR} or newer (https://go.dev/dl) so that 'go' is on the PATH.`;
  if (found === undefined)
    throw new PsoError('precondition', 'Building the Kubernetes tools needs Go: none found.', nextStep);
  const { stdout } = await promisify(execFile)(found, ['version'], { env: { ...process.env, GOTOOLCHAIN: 'local' } });
  const minor = Number(/go1\.(\d+)/.exec(stdout)?.[1] ?? 0);
  if (minor < OLDEST_GO_MINOR) {
    throw new PsoError('precondition', `${found} is too old: ${stdout.trim()}.`, nextStep);
  }
  return found;
}
