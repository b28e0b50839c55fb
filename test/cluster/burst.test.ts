import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { ClusterApi } from '../support/product/api.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { NAMESPACE } from '../support/product/install.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { claim, storageClass } from './manifests.ts';

const CLAIMS = 200;
const NAMESPACES = '/api/v1/namespaces';

let product: Product;
let api: ClusterApi;

beforeAll(async () => {
  product = await sharedProduct();
  api = new ClusterApi(product.lab);
  await apply(product.lab, storageClass('burst'));
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await api.close();
}, 150_000);

interface Claims {
  readonly items: readonly {
    readonly status: { readonly phase: string };
    readonly spec: { readonly volumeName?: string };
  }[];
}

const claimsPath = (namespace: string): string => `${NAMESPACES}/${namespace}/persistentvolumeclaims`;

async function createClaims(namespace: string): Promise<void> {
  await api.request('POST', NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < CLAIMS; index = next++) {
      await api.request('POST', claimsPath(namespace), JSON.parse(claim({ name: `burst-${index}`, class: 'burst' })));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const boundOf = async (namespace: string): Promise<readonly string[]> =>
  (await api.request<Claims>('GET', claimsPath(namespace))).items.flatMap(({ status, spec }) =>
    status.phase === 'Bound' && spec.volumeName !== undefined ? [spec.volumeName] : [],
  );

/** Live volumes by PersistentVolume name, with how often each is on the fleet. */
async function liveVolumes(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { volumes } of await product.fleet.states()) {
    for (const { name, destroyedMs } of volumes) {
      const pv = /pvc-[0-9a-f-]{36}$/.exec(name)?.[0];
      if (pv !== undefined && destroyedMs === null) counts.set(pv, (counts.get(pv) ?? 0) + 1);
    }
  }
  return counts;
}

async function deleteAndCheck(namespace: string): Promise<void> {
  const mine = await boundOf(namespace);
  await api.request('DELETE', claimsPath(namespace));
  await eventually(
    `none of ${mine.length} volumes is live`,
    180_000,
    async () => {
      const live = await liveVolumes();
      return mine.every(name => !live.has(name));
    },
    1000,
  );
}

describe(`${CLAIMS} claims at once`, () => {
  it('are all Bound, each on one array, with no herd', async () => {
    const started = performance.now();
    await createClaims('burst-rate');
    await eventually('all Bound', 180_000, async () => (await boundOf('burst-rate')).length === CLAIMS);
    const seconds = (performance.now() - started) / 1000;
    console.log(`${CLAIMS} claims Bound in ${seconds.toFixed(1)} s: ${(CLAIMS / seconds).toFixed(1)}/s`);
    const mine = await boundOf('burst-rate');
    const live = await liveVolumes();
    expect(mine.map(name => live.get(name))).toEqual(Array.from({ length: CLAIMS }, () => 1));
    const perArray = (await product.fleet.states()).map(
      ({ volumes }) => volumes.filter(v => v.destroyedMs === null).length,
    );
    expect(Math.max(...perArray) / (CLAIMS / perArray.length)).toBeLessThanOrEqual(2);
    await deleteAndCheck('burst-rate');
  }, 400_000);

  it('are all Bound though the leading controller is killed in the middle: nothing doubled, nothing leaked', async () => {
    const before = await liveVolumes();
    await createClaims('burst-kill');
    await eventually('the first claims Bound', 60_000, async () => (await boundOf('burst-kill')).length > 10, 50);
    const lease = await kubectl(product.lab, [
      'get',
      'lease',
      '-n',
      NAMESPACE,
      'pure-csi',
      '-o',
      'jsonpath={.spec.holderIdentity}',
    ]);
    const leader = /^pure-pso-controller-[a-z0-9]+-[a-z0-9]+/.exec(lease.replace(/^\d+-\d+-/, ''))?.[0];
    const pods = await kubectl(product.lab, [
      'get',
      'pods',
      '-n',
      NAMESPACE,
      '-l',
      'app.kubernetes.io/component=controller',
      '-o',
      'name',
    ]);
    const victim = leader === undefined ? pods.split('\n')[0] : `pod/${leader}`;
    await kubectl(product.lab, ['delete', '-n', NAMESPACE, victim ?? '', '--force', '--grace-period=0']);
    await eventually('all Bound', 240_000, async () => (await boundOf('burst-kill')).length === CLAIMS, 500);
    const live = await liveVolumes();
    const mine = await boundOf('burst-kill');
    expect(mine.filter(name => live.get(name) !== 1)).toEqual([]);
    const unknown = [...live.keys()].filter(name => !mine.includes(name) && !before.has(name));
    expect(unknown).toEqual([]);
    await deleteAndCheck('burst-kill');
  }, 600_000);
});
