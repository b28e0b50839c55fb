import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { upgradeChart } from '../support/product/install.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

let story: Story;

const upgrade = (...set: readonly string[]): Promise<void> => {
  const { lab, fleet } = story.product;
  return upgradeChart(lab, { valuesFiles: [fleet.valuesFile], set: ['storagetopology.enable=true', ...set] });
};

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'default-class');
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await upgrade();
  await story.end();
}, 400_000);

it.each([
  ['pure-file', 'file'],
  ['pure-block', 'block'],
])(
  'a claim without a class gets %s when the chart makes it the default',
  async (name, kind) => {
    await upgrade(`storageclass.default=${name}`);
    await story.apply();
    await story.awaitBound('classless');
    expect((await story.claim('classless')).spec.storageClassName).toBe(name);
    expect((await story.placeOf('classless')).kind).toBe(kind);
    await story.kubectl(['delete', 'pvc', 'classless']);
  },
  300_000,
);
