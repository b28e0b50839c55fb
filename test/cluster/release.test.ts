import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { MachinePauses } from '../support/machine-pauses.ts';
import { ClusterApi } from '../support/product/api.ts';
import { helm, kubectl, kubectlJson } from '../support/product/cluster.ts';
import {
  awaitDriverOnNodes,
  CHART,
  installChart,
  isInstalled,
  NAMESPACE,
  RELEASE,
  upgradeChart,
} from '../support/product/install.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { claim, pod } from './manifests.ts';

const CLAIMS = 200;
const TEAM = 'release';
const CLAIM_PATH = `/api/v1/namespaces/${TEAM}/persistentvolumeclaims`;

/** The class that the chart makes for these tests; `limit` is among what Kubernetes lets nobody change. */
const values = (limit: number, ...more: readonly string[]): readonly string[] => [
  'storagetopology.enable=true',
  'storageClasses[0].name=kept',
  'storageClasses[0].fsType=ext4',
  `storageClasses[0].parameters.iops_limit=${limit}`,
  ...more,
];

let product: Product;
let api: ClusterApi;
let pauses: MachinePauses;
const upgrade = (set: readonly string[]): Promise<void> =>
  upgradeChart(product.lab, { valuesFiles: [product.fleet.valuesFile], set });

interface Objects<Item> {
  readonly items: readonly Item[];
}
interface Claim {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly volumeName?: string };
  readonly status: { readonly phase: string };
}

interface Writer {
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

const claims = async (): Promise<readonly Claim[]> => (await api.request<Objects<Claim>>('GET', CLAIM_PATH)).items;
/** Who is bound to what: nothing that happens to the release may change it. */
const bindings = async (): Promise<readonly string[]> =>
  (await claims())
    .map(({ metadata, spec, status }) => `${metadata.uid} ${status.phase} ${spec.volumeName ?? ''}`)
    .sort();

/** Live volumes of these claims on the whole fleet, by array and name. */
async function liveVolumes(names: ReadonlySet<string>): Promise<readonly string[]> {
  return (await product.fleet.states())
    .flatMap(array => array.volumes.map(volume => ({ ...volume, array: array.name })))
    .filter(({ name, destroyedMs }) => destroyedMs === null && names.has(/pvc-[0-9a-f-]{36}$/.exec(name)?.[0] ?? ''))
    .map(({ array, name }) => `${array} ${name}`)
    .sort();
}

const shell = (command: string): Promise<string> =>
  kubectl(product.lab, ['exec', '-n', TEAM, 'writer', '--', 'bash', '-c', command]);

/** A pod that writes a number and the time, in microseconds, three times a second. */
function writer(): string {
  const loop = 'i=$((i+1)); echo "$i ${EPOCHREALTIME/[.,]/}" >> /data/log; sync /data/log; sleep 0.3 & wait $!';
  const manifest = JSON.parse(pod('writer', 'claim-0')) as { spec: { containers: { command: string[] }[] } };
  for (const container of manifest.spec.containers)
    container.command = ['/bin/bash', '-c', `trap 'exit 0' TERM; while :; do ${loop}; done`];
  return JSON.stringify(manifest);
}

/** Numbers and times that the pod wrote: none may be missing, none late. */
async function expectNoGap(): Promise<number> {
  const lines = (await shell('cat /data/log'))
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number));
  expect(lines.map(([number]) => number)).toEqual(lines.map((_, index) => index + 1));
  const times = lines.map(([, time = 0]) => time);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan((15_000 + pauses.longestMs) * 1000);
  return lines.length;
}

const DEFINITIONS = ['storagearrays.pure-pso.io', 'storagenodes.pure-pso.io'];

/** The chart as a version before this one: with another number, and without the definitions that came later. */
async function olderChart(): Promise<string> {
  const folder = path.join(product.lab.paths.root, 'older-chart');
  await cp(CHART, folder, { recursive: true });
  await rm(path.join(folder, 'templates/resources'), { recursive: true });
  const file = path.join(folder, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll(/^(version|appVersion): .*$/gm, '$1: 0.0.1'));
  return folder;
}

const shownArrays = async (): Promise<number> =>
  (await kubectlJson<Objects<unknown>>(product.lab, ['get', 'storagearrays'])).items.length;

beforeAll(async () => {
  product = await sharedProduct();
  api = new ClusterApi(product.lab);
  pauses = new MachinePauses();
  await upgradeChart(product.lab, {
    chart: await olderChart(),
    valuesFiles: [product.fleet.valuesFile],
    set: values(2000),
  });
  await kubectl(product.lab, ['delete', 'crd', ...DEFINITIONS]);
  await api.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } });
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await kubectl(product.lab, ['delete', 'namespace', TEAM, '--wait=false', '--ignore-not-found']);
  const others = { valuesFiles: [product.fleet.valuesFile], set: ['storagetopology.enable=true'] };
  if (await isInstalled(product.lab)) await upgradeChart(product.lab, others);
  else await installChart(product.lab, others);
  pauses.close();
  await api.close();
}, 300_000);

describe(`with ${CLAIMS} bound claims and a pod that writes`, () => {
  let before: readonly string[] = [];
  let volumes: readonly string[] = [];
  let names: ReadonlySet<string> = new Set();
  let written = 0;

  /** No claim disturbed, no volume changed, no write missed. */
  async function expectUndisturbed(): Promise<void> {
    expect(await bindings()).toEqual(before);
    expect(await liveVolumes(names)).toEqual(volumes);
    const now = await expectNoGap();
    expect(now).toBeGreaterThan(written);
    written = now;
    const { status } = await kubectlJson<Writer>(product.lab, ['get', 'pod', '-n', TEAM, 'writer']);
    expect(status.containerStatuses.map(({ restartCount }) => restartCount)).toEqual([0]);
  }

  beforeAll(async () => {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < CLAIMS; index = next++) {
        await api.request('POST', CLAIM_PATH, JSON.parse(claim({ name: `claim-${index}`, class: 'kept' })));
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    const allBound = async () => (await claims()).every(({ status }) => status.phase === 'Bound');
    await eventually('all Bound', 180_000, allBound);
    await kubectl(product.lab, ['apply', '-n', TEAM, '-f', '-'], { stdin: writer() });
    await kubectl(product.lab, ['wait', '-n', TEAM, 'pod/writer', '--for=condition=Ready', '--timeout=150s']);
    await eventually('the first write', 30_000, async () => (await shell('cat /data/log')) !== '');
    before = await bindings();
    names = new Set((await claims()).map(({ spec }) => spec.volumeName ?? ''));
    volumes = await liveVolumes(names);
  }, 400_000);

  it('has one volume for each claim', () => {
    expect(volumes).toHaveLength(CLAIMS);
  });

  it('is upgraded to this version and other values, keeps what Kubernetes lets nobody change, and says so', async () => {
    await upgrade(values(5000, 'logLevel=debug', 'placement.maxUsedPercent=80', 'controllerServer.replicas=1'));
    const notes = await helm(product.lab, ['get', 'notes', RELEASE, '--namespace', NAMESPACE]);
    expect(notes).toContain('KEPT: StorageClass kept exists, and Kubernetes changes no parameters of it.');
    const limit = ['get', 'storageclass', 'kept', '-o', 'jsonpath={.parameters.iops_limit}'];
    expect(await kubectl(product.lab, limit)).toBe('2000');
    expect(await settings()).toContain('"maxUsedPercent": 80');
    const { length } = await product.fleet.names();
    await eventually('all arrays are shown', 90_000, async () => (await shownArrays()) === length, 1000);
    await expectUndisturbed();
  }, 240_000);

  it('is rolled back to the version before, and what it shows stays', async () => {
    await helm(product.lab, ['rollback', RELEASE, '--namespace', NAMESPACE, '--wait', '--timeout', '120s']);
    await awaitDriverOnNodes(product.lab);
    expect(await settings()).toContain('"maxUsedPercent": 90');
    expect(await shownArrays()).toBeGreaterThan(0);
    await expectUndisturbed();
  }, 240_000);

  it('is upgraded again; what only the controller reads leaves the node plugins alone', async () => {
    await upgrade(values(2000));
    const plugins = await nodePlugins();
    await upgrade(values(2000, 'placement.maxUsedPercent=70'));
    expect(await settings()).toContain('"maxUsedPercent": 70');
    expect(await nodePlugins()).toEqual(plugins);
    await expectUndisturbed();
  }, 240_000);

  it('is uninstalled: claims, volumes, writes and the custom resources stay, and nothing else', async () => {
    const notes = await helm(product.lab, ['get', 'notes', RELEASE, '--namespace', NAMESPACE]);
    await helm(product.lab, ['uninstall', RELEASE, '--namespace', NAMESPACE, '--wait', '--timeout', '120s']);
    const named = ['Leases', ...DEFINITIONS];
    await eventually('nothing else is left', 120_000, async () => (await leftovers()).length <= named.length, 1000);
    expect(await leftovers()).toEqual(named);
    for (const name of named) expect(notes).toContain(name);
    expect(await shownArrays()).toBe((await product.fleet.names()).length);
    await expectUndisturbed();
  }, 360_000);

  it('is installed again and finds everything: what is deleted now is deleted on the arrays', async () => {
    await installChart(product.lab, { valuesFiles: [product.fleet.valuesFile], set: values(2000) });
    await expectUndisturbed();
    await kubectl(product.lab, ['delete', 'pod', '-n', TEAM, 'writer', '--timeout=90s']);
    await kubectl(product.lab, ['apply', '-n', TEAM, '-f', '-'], { stdin: pod('reader', 'claim-0') });
    await kubectl(product.lab, ['wait', '-n', TEAM, 'pod/reader', '--for=condition=Ready', '--timeout=150s']);
    const lines = await kubectl(product.lab, ['exec', '-n', TEAM, 'reader', '--', 'bash', '-c', 'wc -l < /data/log']);
    expect(Number(lines)).toBeGreaterThanOrEqual(written);
    await kubectl(product.lab, ['delete', 'pod', '-n', TEAM, 'reader', '--timeout=90s']);
    await api.request('DELETE', CLAIM_PATH);
    await eventually('no volume of these claims is live', 180_000, async () => (await liveVolumes(names)).length === 0);
  }, 600_000);
});

const settings = (): Promise<string> =>
  kubectl(product.lab, ['get', 'configmap', '-n', NAMESPACE, `${RELEASE}-settings`, '-o', 'jsonpath={.data}']).then(
    text => text.replaceAll('\\n', '\n').replaceAll('\\"', '"'),
  );

/** Which generation of the DaemonSet is wanted and which one runs: a change of its pods' template raises both. */
const nodePlugins = async (): Promise<unknown> => {
  interface DaemonSet {
    readonly metadata: { readonly generation: number };
    readonly status: { readonly observedGeneration: number; readonly updatedNumberScheduled: number };
  }
  const set = ['get', 'daemonset', '-n', NAMESPACE, `${RELEASE}-node`];
  const { metadata, status } = await kubectlJson<DaemonSet>(product.lab, set);
  expect(status.observedGeneration).toBe(metadata.generation);
  return { generation: metadata.generation, updated: status.updatedNumberScheduled };
};

/** What Kubernetes puts into every namespace by itself. */
const OF_THE_NAMESPACE = ['configmap/kube-root-ca.crt', 'serviceaccount/default'];

/** Objects of the release anywhere, and whatever else is in its namespace; Leases, which come and go, in one word. */
async function leftovers(): Promise<readonly string[]> {
  const { lab } = product;
  const kinds = async (isNamespaced: boolean) =>
    (await kubectl(lab, ['api-resources', `--namespaced=${isNamespaced}`, '--verbs=list', '-o', 'name']))
      .trim()
      .split('\n')
      .filter(kind => !/^(events|pods\.metrics|nodes\.metrics|componentstatuses)/.test(kind))
      .join(',');
  const mine = await kubectl(lab, [
    'get', await kinds(false), '-l', `app.kubernetes.io/instance=${RELEASE}`, '-o', 'name', '--ignore-not-found',
  ]); // prettier-ignore
  const inside = await kubectl(lab, ['get', await kinds(true), '-n', NAMESPACE, '-o', 'name', '--ignore-not-found']);
  const names = `${mine}\n${inside}`.split('\n').filter(name => name !== '' && !OF_THE_NAMESPACE.includes(name));
  const shown = names.map(name =>
    name.startsWith('lease.') ? 'Leases' : name.replace(/^customresourcedefinition\.apiextensions\.k8s\.io\//, ''),
  );
  return [...new Set(shown)].sort();
}
