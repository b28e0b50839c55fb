import { describe, expect, it } from '@jest/globals';
import type { Listing, ListQuery } from '../rest/listing.ts';
import { RestError } from '../rest/rest-error.ts';
import { mostOf } from './most-of.ts';

const SIZES = [3, 9, 1, 7, 5];

/** An array of five volumes in pages of two, which sorts, passes over the wish, or refuses it. */
function someArray(sorting: 'sorts' | 'passes over' | 'refuses') {
  const asked: ListQuery[] = [];
  const read = (wanted: ListQuery): Promise<Listing<number>> => {
    asked.push(wanted);
    if (wanted.sort === undefined) {
      const start = Number(wanted.token ?? 0);
      const next = start + 2 < SIZES.length ? String(start + 2) : null;
      return Promise.resolve({ items: SIZES.slice(start, start + 2), next });
    }
    if (sorting === 'refuses') return Promise.reject(new RestError('rejected', 'Invalid sort.', ''));
    const all = sorting === 'sorts' ? [...SIZES].sort((a, b) => b - a) : SIZES;
    return Promise.resolve({ items: all.slice(0, wanted.limit), next: null });
  };
  return { asked, read };
}

const ranking = { by: 'space.unique', amount: (size: number) => size, most: 3 };

describe('those with most', () => {
  it('cost one call where the array sorts', async () => {
    const { asked, read } = someArray('sorts');
    expect(await mostOf(read, ranking)).toEqual([9, 7, 5]);
    expect(asked).toEqual([{ sort: 'space.unique-', limit: 3 }]);
  });

  it.each(['passes over', 'refuses'] as const)('are found here where the array %s the wish', async sorting => {
    const { asked, read } = someArray(sorting);
    expect(await mostOf(read, ranking)).toEqual([9, 7, 5]);
    expect(asked).toHaveLength(4);
  });

  it('are not guessed from an array that does not answer', async () => {
    const read = () => Promise.reject(new RestError('unreachable', 'No answer.', ''));
    await expect(mostOf(read, ranking)).rejects.toThrow('No answer.');
  });
});
