import { expect, it } from '@jest/globals';
import PathOrder from './path-order.ts';

it('runs files by path, however they were found', () => {
  const files = ['test/b.test.ts', 'test/a/z.test.ts', 'test/B.test.ts', 'test/a.test.ts'].map(path => ({ path }));
  const order = ['test/B.test.ts', 'test/a.test.ts', 'test/a/z.test.ts', 'test/b.test.ts'];
  expect(new PathOrder().sort(files).map(({ path }) => path)).toEqual(order);
  expect(new PathOrder().sort(files.toReversed()).map(({ path }) => path)).toEqual(order);
});
