import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

const CLAIM = path.join(import.meta.dirname, 'quota/first-claim.yaml');

let story: Story;
let manifest: string;
/** Live volumes of the whole fleet before the first claim. */
let before: readonly string[];

beforeAll(async () => {
  [story, manifest] = await Promise.all([Story.begin(await sharedProduct(), 'quota'), readFile(CLAIM, 'utf8')]);
  before = await liveVolumes();
  await story.kubectl(['apply', '-f', path.join(story.folder, 'quota.yaml')]);
  // Claims are refused until the controller of quotas has counted for the first time.
  await eventually('a quota that counts', 60_000, async () => {
    await story.apply();
    return true;
  });
  await story.awaitBound('first');
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

async function liveVolumes(): Promise<readonly string[]> {
  const { fleet } = story.product;
  const [arrays, blades] = await Promise.all([fleet.states(), fleet.bladeStates()]);
  const all = [...arrays.flatMap(({ volumes }) => volumes), ...blades.flatMap(({ fileSystems }) => fileSystems)];
  return all.filter(({ destroyedMs }) => destroyedMs === null).map(({ name }) => name);
}

const claim = (name: string, size: string): Promise<void> =>
  story.apply(manifest.replace('name: first', `name: ${name}`).replace('storage: 1Gi', `storage: ${size}`));

const expectOnFleet = async (count: number): Promise<void> => {
  const added = (await liveVolumes()).filter(name => !before.includes(name));
  expect(added).toHaveLength(count);
  const mine = await story.volumes();
  expect(added.filter(name => !mine.some(volume => name.endsWith(volume)))).toEqual([]);
};

it('refuses a claim that is too large, with what is asked, used and allowed', async () => {
  await expect(claim('too-large', '3Gi')).rejects.toThrow(
    /exceeded quota: storage, requested: pure-block.*requests.storage=3Gi, used: .*=1Gi, limited: .*=3Gi/,
  );
  await expectOnFleet(1);
}, 60_000);

it('takes one that fits, and refuses the third', async () => {
  await claim('second', '2Gi');
  await story.awaitBound('second');
  await expect(claim('third', '1Gi')).rejects.toThrow(
    /exceeded quota: storage, requested: .*persistentvolumeclaims=1.*, used: .*persistentvolumeclaims=2.*, limited: .*persistentvolumeclaims=2/,
  );
  await expectOnFleet(2);
}, 120_000);

it('refuses to grow one beyond it', async () => {
  const larger = '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}';
  await expect(story.kubectl(['patch', 'pvc', 'first', '--type=merge', '-p', larger])).rejects.toThrow(
    /exceeded quota: storage/,
  );
  await expectOnFleet(2);
  expect((await story.claim('first')).status.phase).toBe('Bound');
}, 60_000);

it('gives the room back with the claim', async () => {
  await story.kubectl(['delete', 'pvc', 'second', '--timeout=60s']);
  await eventually('room for a claim of 2 GiB', 60_000, async () => {
    await claim('fourth', '2Gi');
    return true;
  });
  await story.awaitBound('fourth');
  await eventually(
    'two volumes on the fleet again',
    60_000,
    async () => (await liveVolumes()).filter(name => !before.includes(name)).length === 2,
  );
  await expectOnFleet(2);
}, 200_000);
