import { describe, expect, it } from '@jest/globals';
import { hundredsOf, nameLists } from './name-lists.ts';

describe('lists of names in filters', () => {
  it('are one for a hundred names of usual length, none for none', () => {
    const names = Array.from({ length: 100 }, (_, index) => `${'x'.repeat(60)}${100 + index}`);
    expect(nameLists(names)).toEqual([names.map(name => `'${name}'`).join(',')]);
    expect(nameLists([])).toEqual([]);
  });

  it('are more where names are long, each short enough for a URL, with every name once', () => {
    const names = Array.from({ length: 100 }, (_, index) => `realm::pod::${'x'.repeat(200)}${index}`);
    const lists = nameLists([...names, ...names]);
    expect(lists.length).toBeGreaterThan(1);
    for (const list of lists) expect(encodeURIComponent(list).length).toBeLessThanOrEqual(7000);
    expect(lists.join(',')).toBe(names.map(name => `'${name}'`).join(','));
  });

  it('are of a hundred names each where somebody asks for many volumes', () => {
    const names = Array.from({ length: 201 }, (_, index) => `v${index}`);
    const lists = hundredsOf(names);
    expect(lists.map(list => list.split(',').length)).toEqual([100, 100, 1]);
    expect(lists.join(',')).toBe(names.map(name => `'${name}'`).join(','));
    expect(hundredsOf([])).toEqual([]);
  });
});
