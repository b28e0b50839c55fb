import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

const REPLICAS = ['trio-0', 'trio-1', 'trio-2'] as const;

let story: Story;

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'three-replica-database');
  await story.apply();
  await story.awaitPods('trio', 3, 300_000);
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

const sql = (replica: string, statement: string): Promise<string> =>
  story.exec(replica, `psql -h /tmp -U postgres -qAtc '${statement}'`);
const awaitDatabase = (replica: string): Promise<string> =>
  story.exec(replica, 'until psql -h /tmp -U postgres -qAtc "select 1"; do sleep 0.5; done');
const volumeOf = async (replica: string): Promise<string> => (await story.placeOf(`data-${replica}`)).volume;

it('gives each replica a volume of its own, with rows of its own', async () => {
  const volumes = await Promise.all(REPLICAS.map(volumeOf));
  expect(new Set(volumes).size).toBe(3);
  for (const replica of REPLICAS) {
    await awaitDatabase(replica);
    await sql(replica, `create table me(name text); insert into me values ($$${replica}$$)`);
  }
}, 180_000);

it('gives a replica that is replaced its own volume back', async () => {
  const volume = await volumeOf('trio-1');
  const uid = ['get', 'pod', 'trio-1', '-o', 'jsonpath={.metadata.uid}'];
  const before = await story.kubectl(uid);
  await story.kubectl(['delete', 'pod', 'trio-1', '--timeout=120s']);
  await story.awaitPods('trio', 3);
  expect(await story.kubectl(uid)).not.toBe(before);
  expect(await volumeOf('trio-1')).toBe(volume);
  await awaitDatabase('trio-1');
  expect(await sql('trio-1', 'select name from me')).toBe('trio-1');
}, 400_000);

it('leaves the others as they were', async () => {
  for (const replica of ['trio-0', 'trio-2']) expect(await sql(replica, 'select name from me')).toBe(replica);
}, 60_000);
