import { describe, expect, it } from '@jest/globals';
import { allPages, type KubeList } from './all-pages.ts';

/** A list of so many numbers, three at a time. */
const list =
  (count: number) =>
  (token: string): Promise<KubeList<number>> => {
    const first = Number(token || '0');
    const items = Array.from({ length: Math.min(3, count - first) }, (_, index) => first + index);
    return Promise.resolve({ items, metadata: first + 3 < count ? { continue: String(first + 3) } : {} });
  };

describe('a list that comes in pages', () => {
  it.each([0, 3, 7])('of %i is read to its end', async count => {
    expect(await allPages(list(count), 5)).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it('is read no further than so many pages, and one without items is empty', async () => {
    expect(await allPages(list(100), 2)).toHaveLength(6);
    expect(await allPages(() => Promise.resolve({}), 2)).toEqual([]);
  });
});
