import { describe, expect, it } from '@jest/globals';
import type { ArrayUsage } from '../../../driver/src/domain/volume-report.ts';
import { fleetGrowth, linePath } from './growth.ts';

const DAY = 24 * 3600_000;
const GIB = 2 ** 30;
const START = Date.UTC(2026, 9, 1);
/** `days` days from day `from` on, each noon; `used` by the day. */
const array = (from: number, days: number, used: (day: number) => number, total = 100 * GIB): ArrayUsage => ({
  endpoint: 'x',
  name: 'x',
  history: Array.from({ length: days }, (_, index) => ({
    atMs: START + (from + index + 0.5) * DAY,
    usedBytes: used(from + index),
    totalBytes: total,
  })),
  largest: [],
  busiest: [],
  trouble: null,
});

describe('growth of a fleet', () => {
  it('is the sum by day, with the day on which all is full', () => {
    const growth = fleetGrowth([array(0, 11, day => (10 + day) * GIB), array(0, 11, day => (20 + day) * GIB)]);
    expect(growth?.points).toHaveLength(11);
    expect(growth?.points[0]).toEqual({ atMs: START, usedBytes: 30 * GIB, totalBytes: 200 * GIB });
    expect(growth?.points.at(-1)?.usedBytes).toBe(50 * GIB);
    expect(growth?.bytesPerDay).toBeCloseTo(2 * GIB, 0);
    expect(growth?.daysUntilFull).toBe(75);
  });

  it('counts an array that is quiet for some days with what it told last, and begins where all had told', () => {
    const growth = fleetGrowth([array(0, 20, () => GIB), array(5, 9, () => 2 * GIB)]);
    expect(growth?.points[0]?.atMs).toBe(START + 5 * DAY);
    expect(growth?.points).toHaveLength(15);
    expect(new Set(growth?.points.map(({ usedBytes }) => usedBytes))).toEqual(new Set([3 * GIB]));
  });

  it('leaves out arrays that are known for less than a week, and says so, unless all are', () => {
    const old = array(0, 10, day => day * GIB);
    const young = array(7, 3, () => 50 * GIB);
    const silent = { ...young, history: [] };
    expect(fleetGrowth([old, young, silent])).toMatchObject({ counted: 1, all: 3 });
    expect(fleetGrowth([old, young])?.points.at(-1)?.usedBytes).toBe(9 * GIB);
    expect(fleetGrowth([young, silent])).toMatchObject({ counted: 1, bytesPerDay: null, daysUntilFull: null });
  });

  it.each([
    ['shrinks', (day: number): number => (50 - day) * GIB],
    ['stays', (): number => 5 * GIB],
    ['grows so slowly that it lasts for decades', (day: number): number => 5 * GIB + day * 1024],
  ])('foretells nothing where it %s', (_, used) => {
    expect(fleetGrowth([array(0, 20, used)])?.daysUntilFull).toBeNull();
  });

  it('is full now where everything is in use', () => {
    expect(fleetGrowth([array(0, 10, day => (91 + day) * GIB)])?.daysUntilFull).toBe(0);
  });

  it('is nothing where no array tells of two moments', () => {
    expect(fleetGrowth([])).toBeNull();
    expect(fleetGrowth([array(0, 1, () => GIB)])).toBeNull();
  });
});

describe('a line', () => {
  it('goes from left to right, higher for more, and never out of the picture', () => {
    expect(linePath([0, 50, 200], 100, 10, 20)).toBe('M0.0 20.0 L5.0 10.0 L10.0 0.0');
    expect(linePath([5], 0, 10, 20)).toBe('M0.0 20.0');
  });
});
