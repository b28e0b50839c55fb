import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { apply, kubectl, kubectlJson } from '../support/product/cluster.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { awaitBound, awaitReady, eventsOf } from '../support/product/workloads.ts';
import { attributesClass, claim, pod, snapshot, storageClass } from './manifests.ts';

let product: Product;
const shell = (name: string, command: string): Promise<string> =>
  kubectl(product.lab, ['exec', name, '--', 'bash', '-c', command]);

/** Live volumes on the whole fleet whose name ends like the claim's PersistentVolume. */
async function volumesOf(claimName: string) {
  const { spec } = await kubectlJson<{ spec: { volumeName: string } }>(product.lab, ['get', 'pvc', claimName]);
  const states = await product.fleet.states();
  return states.flatMap(array =>
    array.volumes
      .filter(volume => volume.name.endsWith(spec.volumeName) && volume.destroyedMs === null)
      .map(volume => ({ ...volume, array: array.name })),
  );
}

beforeAll(async () => {
  product = await sharedProduct();
  const { lab } = product;
  await apply(lab, storageClass('life'));
  await apply(lab, attributesClass('life-silver', { iops_limit: '2000' }));
  await apply(lab, attributesClass('life-gold', { iops_limit: '10000', bandwidth_limit: '100M' }));
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  const { lab } = product;
  await kubectl(lab, ['delete', 'pod,pvc,volumesnapshot', '--all', '--wait=false', '--grace-period=1']);
}, 150_000);

it('binds a claim to one array and tells why on the claim', async () => {
  await apply(product.lab, claim({ name: 'life-1', class: 'life', attributesClass: 'life-silver' }));
  await awaitBound(product.lab, 'life-1', 60_000);
  const [volume, ...others] = await volumesOf('life-1');
  expect(others).toEqual([]);
  expect(volume?.qos.iops).toBe(2000);
  await eventually('the event with the decision', 60_000, async () =>
    (await eventsOf(product.lab, 'PersistentVolumeClaim', 'life-1')).some(
      ({ reason, message }) => reason === 'VolumePlaced' && message.includes(`placed on ${volume?.array ?? ''} `),
    ),
  );
}, 120_000);

it('runs a pod on it', async () => {
  await apply(product.lab, pod('life-pod', 'life-1'));
  await awaitReady(product.lab, 'life-pod', 120_000);
  await shell('life-pod', 'echo first > /data/file; sync');
}, 150_000);

it('grows it while the pod runs', async () => {
  await kubectl(product.lab, [
    'patch',
    'pvc',
    'life-1',
    '--type=merge',
    '-p',
    '{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}',
  ]);
  await eventually('a file system of 3 GiB in the pod', 90_000, async () => {
    const kib = Number((await shell('life-pod', 'df -k --output=size /data | tail -1')).trim());
    return kib > 2.8 * 1024 * 1024;
  });
  expect((await volumesOf('life-1'))[0]?.sizeBytes).toBe(3 * 2 ** 30);
}, 120_000);

it('changes its QoS by another VolumeAttributesClass', async () => {
  await kubectl(product.lab, [
    'patch',
    'pvc',
    'life-1',
    '--type=merge',
    '-p',
    '{"spec":{"volumeAttributesClassName":"life-gold"}}',
  ]);
  await eventually('the limits on the array', 60_000, async () => (await volumesOf('life-1'))[0]?.qos.iops === 10_000);
  expect((await volumesOf('life-1'))[0]?.qos.bandwidth).toBe(100 * 2 ** 20);
}, 90_000);

it('snapshots it, and restores and clones with the data of the moment', async () => {
  const { lab } = product;
  await apply(lab, snapshot('life-snap', 'life-1'));
  await kubectl(lab, ['wait', 'volumesnapshot/life-snap', '--for=jsonpath={.status.readyToUse}=true', '--timeout=60s']);
  await shell('life-pod', 'echo second > /data/file; sync');
  await apply(
    lab,
    claim({ name: 'life-restored', class: 'life', size: '3Gi', from: { kind: 'VolumeSnapshot', name: 'life-snap' } }),
  );
  await apply(
    lab,
    claim({ name: 'life-cloned', class: 'life', size: '4Gi', from: { kind: 'PersistentVolumeClaim', name: 'life-1' } }),
  );
  await Promise.all(['life-restored', 'life-cloned'].map(name => awaitBound(lab, name, 60_000)));
  await apply(lab, pod('life-restored-pod', 'life-restored'));
  await apply(lab, pod('life-cloned-pod', 'life-cloned'));
  await Promise.all(['life-restored-pod', 'life-cloned-pod'].map(name => awaitReady(lab, name, 120_000)));
  expect(await shell('life-restored-pod', 'cat /data/file')).toBe('first\n');
  expect(await shell('life-cloned-pod', 'cat /data/file')).toBe('second\n');
  const cloned = Number((await shell('life-cloned-pod', 'df -k --output=size /data | tail -1')).trim());
  expect(cloned).toBeGreaterThan(3.7 * 1024 * 1024);
}, 240_000);

it('refuses to delete a volume whose snapshot still lives, in words, and keeps both', async () => {
  const { lab } = product;
  await kubectl(lab, ['delete', 'pod', 'life-pod', 'life-restored-pod', 'life-cloned-pod', '--grace-period=1']);
  const { spec } = await kubectlJson<{ spec: { volumeName: string } }>(lab, ['get', 'pvc', 'life-1']);
  await kubectl(lab, ['delete', 'pvc', 'life-1', '--wait=false']);
  await eventually('an event that names the snapshot as the reason', 60_000, async () =>
    (await eventsOf(lab, 'PersistentVolume', spec.volumeName)).some(({ message }) => /snapshot/i.test(message)),
  );
  const states = await product.fleet.states();
  const live = states
    .flatMap(({ volumes }) => volumes)
    .filter(v => v.name.endsWith(spec.volumeName) && v.destroyedMs === null);
  expect(live).toHaveLength(1);
}, 120_000);

it('leaves nothing live on the arrays when all is deleted, and everything recoverable', async () => {
  const { lab, fleet } = product;
  await kubectl(lab, ['delete', 'volumesnapshot', 'life-snap', '--timeout=60s']);
  await kubectl(lab, ['delete', 'pvc', 'life-restored', 'life-cloned', '--wait=false']);
  await eventually('no live volume, connection or snapshot', 120_000, async () => {
    const states = await fleet.states();
    return states.every(
      ({ volumes, connections, snapshots }) =>
        connections.length === 0 &&
        volumes.every(volume => volume.destroyedMs !== null) &&
        snapshots.every(({ destroyedMs }) => destroyedMs !== null),
    );
  });
  const destroyed = (await fleet.states()).flatMap(({ volumes }) => volumes);
  expect(destroyed.length).toBeGreaterThanOrEqual(3);
}, 180_000);
