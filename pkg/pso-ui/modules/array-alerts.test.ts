import { describe, expect, it } from '@jest/globals';
import { alertsBetween, seenHealth } from './array-alerts.ts';
import type { Health, StorageArray } from './storage-array.ts';

const array = (name: string, health?: Health, trouble?: string): StorageArray => ({
  metadata: { name },
  status: {
    arrayName: `fa-${name}`,
    ...(health ? { health } : {}),
    ...(trouble === undefined ? {} : { trouble }),
    observedAt: 't0',
  },
});
const fresh = new Map<string, Health>();

describe('alerts', () => {
  it('tell trouble that is there already, and nothing else of what was not seen before', () => {
    const seen = alertsBetween(fresh, [array('a', 'Healthy'), array('b', 'Trouble', 'It is away.'), array('c')]);
    expect(seen).toEqual([{ id: 'b', name: 'fa-b', since: 't0', kind: 'trouble', sentence: 'It is away.' }]);
  });

  it('tell each trouble once, and its end', () => {
    const before = seenHealth([
      array('a', 'Trouble'),
      array('b', 'Warning'),
      array('c', 'Trouble'),
      array('gone', 'Trouble'),
    ]);
    const now = [array('a', 'Trouble'), array('b', 'Trouble', 'x'), array('c', 'Warning')];
    expect(alertsBetween(before, now).map(({ id, kind }) => [id, kind])).toEqual([
      ['b', 'trouble'],
      ['c', 'recovered'],
    ]);
  });

  it('say nothing of an array that says nothing', () => {
    expect(alertsBetween(seenHealth([array('a', 'Trouble')]), [array('a'), { metadata: { name: 'b' } }])).toEqual([]);
    expect(alertsBetween(fresh, [{ metadata: { name: 'b' }, status: { health: 'Trouble' } }])).toEqual([
      { id: 'b', name: 'b', since: '', kind: 'trouble', sentence: '' },
    ]);
  });
});
