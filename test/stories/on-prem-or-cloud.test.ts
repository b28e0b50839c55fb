import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

const IN_THE_CLOUD = 'cloud-1';

let story: Story;

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'on-prem-or-cloud');
  await story.apply();
  await story.awaitBound('at-home', 'overflow', 'in-the-cloud');
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

it('prefers the data centre', async () => {
  expect((await story.placeOf('at-home')).array).not.toBe(IN_THE_CLOUD);
}, 30_000);

it('takes the cloud for what the data centre has no room for', async () => {
  expect((await story.placeOf('overflow')).array).toBe(IN_THE_CLOUD);
}, 30_000);

it('takes the cloud where it is demanded', async () => {
  expect((await story.placeOf('in-the-cloud')).array).toBe(IN_THE_CLOUD);
}, 30_000);
