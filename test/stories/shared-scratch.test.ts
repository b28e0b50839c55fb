import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseNodeId } from '../../driver/src/domain/node-id.ts';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { DRIVER_NAME } from '../support/product/install.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import type { Placed, ReadyPod } from './story.ts';
import { Story } from './story.ts';

const RULES_LIMIT_MS = 5000;

let story: Story;
let placed: Placed;

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'shared-scratch');
  await story.apply();
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

const filesSeenBy = async ({ name }: ReadyPod): Promise<readonly string[]> =>
  (await story.exec(name, 'ls /scratch')).split('\n').sort();

async function expectAllSeeAll(pods: readonly ReadyPod[]): Promise<void> {
  for (const pod of pods) expect(await filesSeenBy(pod)).toEqual(expect.arrayContaining(pods.map(({ name }) => name)));
}

/** Nodes that Kubernetes has attached the volume to. */
async function publishedNodes(): Promise<readonly string[]> {
  const { items } = await getObject<{
    items: readonly {
      spec: { nodeName: string; source: { persistentVolumeName: string } };
      status: { attached: boolean };
    }[];
  }>(story.product.lab, '/apis/storage.k8s.io/v1/volumeattachments');
  const mine = items.filter(
    ({ spec, status }) => spec.source.persistentVolumeName === placed.volume && status.attached,
  );
  return mine.map(({ spec }) => spec.nodeName).sort();
}

/** Addresses by which the driver knows a node. */
async function addressesOf(node: string): Promise<readonly string[]> {
  const { spec } = await getObject<{ spec: { drivers: readonly { name: string; nodeID: string }[] } }>(
    story.product.lab,
    `/apis/storage.k8s.io/v1/csinodes/${node}`,
  );
  return parseNodeId(spec.drivers.find(({ name }) => name === DRIVER_NAME)?.nodeID ?? '').addresses;
}

async function fileSystem() {
  const blades = await story.product.fleet.bladeStates();
  const found = blades
    .find(({ name }) => name === placed.array)
    ?.fileSystems.find(({ name }) => name.endsWith(placed.volume));
  if (found === undefined) throw new Error(`${placed.array} has no ${placed.volume}.`);
  return found;
}

/** The rules on the array are for those nodes and nobody else. */
async function awaitRulesFor(nodes: readonly string[]): Promise<void> {
  const wanted = (await Promise.all(nodes.map(addressesOf))).flat().sort();
  await eventually(`rules for ${nodes.join(', ')} only: ${wanted.join(', ')}`, RULES_LIMIT_MS, async () => {
    const clients = (await fileSystem()).access.map(({ client }) => client).sort();
    return JSON.stringify(clients) === JSON.stringify(wanted);
  });
}

/** What an intruder would do who is root of a node: mounts it by hand and lists the files. */
async function mountByHand(node: string) {
  const address = placed.array === 'files-1' ? '10.66.1.101' : '10.66.1.102';
  const { name } = await fileSystem();
  return story.product.lab
    .guest(node)
    .run(
      `mkdir -p /tmp/by-hand && mount.nfs ${address}:/${name} /tmp/by-hand -o vers=4.1,retry=0 && { ls /tmp/by-hand; umount /tmp/by-hand; }`,
      { timeoutMs: 60_000 },
    );
}

it('gives two replicas on two nodes one file system of a FlashBlade, of which each sees the file of the other', async () => {
  const pods = await story.awaitPods('scratch', 2);
  expect(pods.map(({ node }) => node).sort()).toEqual(['n1', 'n2']);
  placed = await story.placeOf('scratch');
  expect(placed.kind).toBe('file');
  await expectAllSeeAll(pods);
}, 240_000);

it('lets in just the nodes that have replicas', async () => {
  expect(await publishedNodes()).toEqual(['n1', 'n2']);
  await awaitRulesFor(['n1', 'n2']);
}, 60_000);

it('takes further replicas, which see all files', async () => {
  await story.kubectl(['scale', 'deployment', 'scratch', '--replicas=4']);
  await expectAllSeeAll(await story.awaitPods('scratch', 4));
}, 200_000);

it('shuts out the node that has no replica any more, as a mount by hand finds', async () => {
  await story.kubectl(['scale', 'deployment', 'scratch', '--replicas=1']);
  const [pod] = await story.awaitPods('scratch', 1);
  const kept = pod?.node ?? '';
  const left = kept === 'n1' ? 'n2' : 'n1';
  await eventually(
    `the volume is detached from ${left}`,
    120_000,
    async () => (await publishedNodes()).join() === kept,
  );
  await awaitRulesFor([kept]);
  const allowed = await mountByHand(kept);
  expect(allowed.code).toBe(0);
  expect(allowed.stdout).toContain(pod?.name ?? '?');
  const refused = await mountByHand(left);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(/access denied|No such file|not permitted/i);
  expect(refused.stdout).toBe('');
}, 300_000);

it('lets it in again with a replica, which sees what was written meanwhile', async () => {
  const first = await story.readyPod('scratch');
  await story.exec(first.name, 'echo meanwhile > /scratch/note');
  await story.kubectl(['scale', 'deployment', 'scratch', '--replicas=2']);
  const pods = await story.awaitPods('scratch', 2);
  await awaitRulesFor(['n1', 'n2']);
  for (const { name } of pods) expect(await story.exec(name, 'cat /scratch/note')).toBe('meanwhile');
}, 240_000);
