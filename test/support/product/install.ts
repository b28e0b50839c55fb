import path from 'node:path';
import { writeDriverImage } from '../../../scripts/image/driver-image.ts';
import type { Lab } from '../../lab/lab.ts';
import { LabError } from '../../lab/lab-error.ts';
import { eventually } from '../eventually.ts';
import { getObject } from './api.ts';
import { helm, kubectl, kubectlJson } from './cluster.ts';

export const CHART = path.resolve(import.meta.dirname, '../../../charts/pure-pso');
export const RELEASE = 'pure-pso';
export const NAMESPACE = 'pure-pso';
export const DRIVER_NAME = 'pure-csi';
/** Only the code layer is made and imported: the nodes' disk already holds the others. */
const IMAGE = { repository: 'lab.local/pure-pso/driver', tag: 'lab' };
/** Helm values that name it. */
export const testImage = {
  images: { plugin: { name: IMAGE.repository, tag: IMAGE.tag, pullPolicy: 'Never' } },
} as const;

/** Bundles the driver as it is now and puts its image on every worker. */
export async function importDriverImage(lab: Lab): Promise<void> {
  const output = path.join(lab.paths.root, 'driver-thin.tar');
  await writeDriverImage({ output, names: [`${IMAGE.repository}:${IMAGE.tag}`], thin: true });
  await Promise.all(lab.workers.map(worker => lab.importImage(worker, output)));
}

export interface InstallOptions {
  /** Folder of another chart than the project's. */
  readonly chart?: string;
  readonly valuesFiles: readonly string[];
  /** `key=value`, as for `helm --set`. */
  readonly set?: readonly string[];
}

const flags = ({ valuesFiles, set = [] }: InstallOptions): readonly string[] => [
  ...valuesFiles.flatMap(file => ['--values', file]),
  ...[
    `images.plugin.name=${IMAGE.repository}`,
    `images.plugin.tag=${IMAGE.tag}`,
    'images.plugin.pullPolicy=Never',
    'clusterID=lab',
    // A fault is told after seconds, so that no test waits for the minute that is enough elsewhere.
    'placement.pollSeconds=10',
    // All nodes at once: harder for pods that write meanwhile, and half the wait.
    'nodeServer.maxUnavailable=100%',
    ...set,
  ].flatMap(pair => ['--set', pair]),
];

/** `helm install --wait`, then until the kubelet of every worker knows the driver (which --wait does not cover). */
export async function installChart(lab: Lab, options: InstallOptions): Promise<void> {
  await helm(lab, [
    'install',
    RELEASE,
    CHART,
    '--namespace',
    NAMESPACE,
    '--create-namespace',
    '--wait',
    '--timeout',
    '120s',
    ...flags(options),
  ]);
  await awaitDriverOnNodes(lab);
}

export async function isInstalled(lab: Lab): Promise<boolean> {
  let isThere = false;
  await eventually('Helm tells whether the release is there', 60_000, async () => {
    const { code, stderr } = await lab.helm(['status', RELEASE, '--namespace', NAMESPACE]);
    isThere = code === 0;
    return isThere || stderr.includes('not found');
  });
  return isThere;
}

export async function upgradeChart(lab: Lab, options: InstallOptions): Promise<void> {
  await helm(lab, [
    'upgrade',
    RELEASE,
    options.chart ?? CHART,
    '--namespace',
    NAMESPACE,
    '--wait',
    '--timeout',
    '120s',
    ...flags(options),
  ]);
}

interface CsiNode {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly drivers?: readonly { readonly name: string }[] | null };
}

export async function awaitDriverOnNodes(lab: Lab): Promise<void> {
  await eventually(`driver ${DRIVER_NAME} on ${lab.workers.join(', ')}`, 60_000, async () => {
    const { items } = await getObject<{ items: readonly CsiNode[] }>(lab, '/apis/storage.k8s.io/v1/csinodes');
    const having = items.filter(node => node.spec.drivers?.some(driver => driver.name === DRIVER_NAME));
    return having.length >= lab.workers.length;
  });
}

/** Logs of every container of the product, for a failure's report and for the search for secrets. */
export async function productLogs(lab: Lab): Promise<string> {
  const { items } = await kubectlJson<{ items: readonly { metadata: { name: string } }[] }>(lab, [
    'get',
    'pods',
    '-n',
    NAMESPACE,
  ]);
  const logs = await Promise.all(
    items.map(({ metadata }) =>
      kubectl(lab, ['logs', '-n', NAMESPACE, metadata.name, '--all-containers', '--prefix', '--tail=-1']),
    ),
  );
  if (logs.length === 0) throw new LabError(`No pod of ${RELEASE} is there.`, 'Was the chart installed?');
  return logs.join('\n');
}
