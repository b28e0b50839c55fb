import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

let story: Story;

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'labels');
  await story.apply();
  await story.awaitBound('labels-dev', 'labels-prod');
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

it.each([
  ['labels-dev', /^open-\d$/],
  ['labels-prod', /^zone-[ab]$/],
])(
  'puts %s on an array with that label',
  async (claim, array) => {
    expect((await story.placeOf(claim)).array).toMatch(array);
  },
  30_000,
);

it('says on the claim which arrays were refused for their label', async () => {
  await eventually('the event with the decision', 30_000, async () =>
    /It has env=prod, asked for: env=dev/.test(await story.kubectl(['describe', 'pvc', 'labels-dev'])),
  );
}, 40_000);
