import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { apply, kubectl, kubectlJson } from '../support/product/cluster.ts';
import { NAMESPACE } from '../support/product/install.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';

interface StorageArray {
  readonly spec: { readonly endpoint: string };
  readonly status: {
    readonly arrayName: string;
    readonly family: string;
    readonly health: string;
    readonly trouble?: string;
    readonly capacity: { readonly totalBytes: number };
  };
}
interface StorageNode {
  readonly metadata: { readonly name: string; readonly ownerReferences: readonly { readonly kind: string }[] };
  readonly status: { readonly addresses: readonly string[]; readonly initiators: { readonly iqn: string } };
}
interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName: string };
  }[];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
}

let product: Product;
const list = async <Item>(kind: string): Promise<readonly Item[]> =>
  (await kubectlJson<{ items: readonly Item[] }>(product.lab, ['get', kind])).items;
const arrays = () => list<StorageArray>('storagearrays');

beforeAll(async () => {
  product = await sharedProduct();
  await eventually('an object for each array, which it can use', 150_000, async () => {
    const found: readonly { readonly status?: StorageArray['status'] }[] = await arrays();
    const healthy = found.filter(({ status }) => status?.health === 'Healthy').map(({ status }) => status?.arrayName);
    return (
      found.length === healthy.length && healthy.sort().join() === [...(await product.fleet.names())].sort().join()
    );
  });
}, PRODUCT_LIMIT_MS);

describe('StorageArrays', () => {
  it('show each array of the fleet, and no token', async () => {
    const found = await arrays();
    expect(found.map(({ status }) => status.arrayName).sort()).toEqual([...(await product.fleet.names())].sort());
    for (const { status } of found) {
      expect(status.health).toBe('Healthy');
      expect(status.capacity.totalBytes).toBeGreaterThan(0);
    }
    const values = await readFile(product.fleet.valuesFile, 'utf8');
    const { arrays: given } = parse(values) as { arrays: Readonly<Record<string, readonly { APIToken: string }[]>> };
    const tokens = Object.values(given).flatMap(entries => entries.map(({ APIToken }) => APIToken));
    expect(tokens.length).toBe(found.length);
    expect(tokens.filter(token => JSON.stringify(found).includes(token))).toEqual([]);
    const table = await kubectl(product.lab, ['get', 'psa']);
    expect(table.split('\n')[0]?.split(/\s{2,}/)).toEqual(
      expect.arrayContaining(['NAME', 'ARRAY', 'FAMILY', 'HEALTH', 'USED%', 'CORDONED', 'VERSION', 'SEEN']),
    );
  }, 30_000);

  it('tell in a sentence why an array can’t be used, and that it can again', async () => {
    const [name = ''] = await product.fleet.names();
    const of = async () => (await arrays()).find(({ status }) => status.arrayName === name)?.status;
    await product.fleet.change(name, { isDown: true });
    try {
      await eventually(`trouble of ${name}`, 120_000, async () => (await of())?.health === 'Trouble', 1000);
      expect((await of())?.trouble).toMatch(/\.$/);
    } finally {
      await product.fleet.change(name, { isDown: false });
    }
    await eventually(`${name} is well`, 90_000, async () => (await of())?.health === 'Healthy', 1000);
    expect(await of()).not.toHaveProperty('trouble');
  }, 240_000);
});

describe('StorageNodes', () => {
  it('show each worker, and go with it', async () => {
    await eventually('an object for each worker', 60_000, async () => {
      return (await list('storagenodes')).length === product.lab.workers.length;
    });
    for (const { metadata, status } of await list<StorageNode>('storagenodes')) {
      expect(product.lab.workers).toContain(metadata.name);
      expect(metadata.ownerReferences).toMatchObject([{ kind: 'Node', name: metadata.name }]);
      expect(status.addresses.length).toBeGreaterThan(0);
      expect(status.initiators.iqn).toMatch(/^iqn\./);
    }
  }, 90_000);

  it('are written by the plugin of that node and by no other', async () => {
    const { lab } = product;
    const selector = 'app.kubernetes.io/component=node';
    const { items } = await kubectlJson<Pods>(lab, ['get', 'pods', '-n', NAMESPACE, '-l', selector]);
    const [pod] = items;
    const own = pod?.spec.nodeName ?? '';
    const other = lab.workers.find(name => name !== own) ?? '';
    const bound = ['--bound-object-kind=Pod', `--bound-object-name=${pod?.metadata.name ?? ''}`];
    const token = async (...flags: readonly string[]) =>
      (await kubectl(lab, ['create', 'token', 'pure-pso-node', '-n', NAMESPACE, ...flags])).trim();
    const ofPod = await token(...bound);
    const refusal = { status: 403, text: expect.stringContaining('only the StorageNode of its own node') as unknown };
    expect(await writeAs(ofPod, own)).toMatchObject({ status: 200 });
    expect(await writeAs(ofPod, other)).toEqual(refusal);
    expect(await writeAs(await token(), own)).toEqual(refusal);
  }, 60_000);
});

describe('who may view the cluster', () => {
  afterAll(async () => {
    await kubectl(product.lab, ['delete', 'clusterrolebinding', 'resources-viewer', '--ignore-not-found']);
  }, 30_000);

  it('sees arrays and nodes and changes none', async () => {
    const { lab } = product;
    await apply(
      lab,
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'resources-viewer' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'resources-viewer' }],
      }),
    );
    const may = async (verb: string, what: string) =>
      (await lab.kubectl(['auth', 'can-i', verb, what, '--as=resources-viewer'])).stdout.trim();
    await eventually('the role is aggregated', 50_000, async () => (await may('list', 'storagearrays')) === 'yes');
    expect(await may('get', 'storagenodes')).toBe('yes');
    expect(await may('patch', 'storagearrays')).toBe('no');
    expect(await may('delete', 'storagenodes')).toBe('no');
  }, 90_000);
});

/** A node plugin's server-side apply, tried out: nothing is stored. */
async function writeAs(token: string, name: string): Promise<{ readonly status: number; readonly text: string }> {
  const { clusters } = await kubectlJson<Kubeconfig>(product.lab, ['config', 'view', '--raw']);
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const { statusCode, body } = await agent.request({
      origin: clusters[0]?.cluster.server ?? '',
      path: `/apis/pure-pso.io/v1alpha1/storagenodes/${name}/status?fieldManager=pure-pso&force=true&dryRun=All`,
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify({
        apiVersion: 'pure-pso.io/v1alpha1',
        kind: 'StorageNode',
        metadata: { name },
        status: { driverVersion: 'other' },
      }),
    });
    return { status: statusCode, text: await body.text() };
  } finally {
    await agent.close();
  }
}
