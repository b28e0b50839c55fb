import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { apply, kubectl, kubectlJson } from '../support/product/cluster.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { awaitReady } from '../support/product/workloads.ts';
import { claim, pod, storageClass } from './manifests.ts';

let product: Product;

beforeAll(async () => {
  product = await sharedProduct();
  await apply(product.lab, storageClass('zonal', { arraySelector: 'env=prod' }, 'WaitForFirstConsumer'));
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await kubectl(product.lab, ['delete', 'pod,pvc', '--all', '--wait=false', '--grace-period=1']);
}, 150_000);

it.each([
  ['n1', 'zone-a'],
  ['n2', 'zone-b'],
])(
  'a claim that waits for a pod on %s gets its volume on %s',
  async (node, array) => {
    const { lab, fleet } = product;
    const name = `zonal-${node}`;
    await apply(lab, claim({ name, class: 'zonal' }));
    await apply(lab, pod(name, name, node));
    expect(await awaitReady(lab, name, 120_000)).toBe(node);
    const { spec } = await kubectlJson<{ spec: { volumeName: string } }>(lab, ['get', 'pvc', name]);
    const holders = (await fleet.states()).filter(({ volumes }) =>
      volumes.some(volume => volume.name.endsWith(spec.volumeName)),
    );
    expect(holders.map(holder => holder.name)).toEqual([array]);
    const pv = await kubectlJson<{ spec: { nodeAffinity?: unknown } }>(lab, ['get', 'pv', spec.volumeName]);
    expect(JSON.stringify(pv.spec.nodeAffinity)).toContain(`"values":["${array.at(-1) ?? ''}"]`);
  },
  180_000,
);
