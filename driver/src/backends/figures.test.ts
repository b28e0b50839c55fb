import { describe, expect, it } from '@jest/globals';
import { loadOf, spaceFigures } from './figures.ts';

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
