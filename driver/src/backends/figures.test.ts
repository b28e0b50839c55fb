import { describe, expect, it } from '@jest/globals';
import { loadOf, nameLists, spaceFigures } from './figures.ts';

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
});

describe('figures', () => {
  it('weigh latency by operations', () => {
    expect(loadOf([[30, 100], [10, 500]], 7)).toEqual({ iops: 40, bytesPerSecond: 7, latencyMicroseconds: 200 }); // prettier-ignore
    expect(loadOf([[0, 0]], 0).latencyMicroseconds).toBe(0);
  });

  it('know no reduction of nothing', () => {
    const space = { unique: 0, snapshots: 0, virtual: 0, dataReduction: 1 };
    expect(spaceFigures(space).reduction).toBeNull();
    expect(spaceFigures({ ...space, virtual: 9, dataReduction: 3 }).reduction).toBe(3);
  });
});
