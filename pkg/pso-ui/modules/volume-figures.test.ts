import { describe, expect, it } from '@jest/globals';
import type { VolumeFigures } from '../../../driver/src/domain/volume-report.ts';
import { cellsOfReports, limitsOf, readableCount, readableLatency, readableRate, readableReduction } from './volume-figures.ts'; // prettier-ignore

const figures: VolumeFigures = {
  handle: 'a/v1',
  sizeBytes: 2 ** 30,
  usedBytes: 3 * 2 ** 20,
  snapshotBytes: null,
  reduction: 3.44,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  load: { iops: 1234.4, bytesPerSecond: 2 ** 21, latencyMicroseconds: 999.4 },
};

describe('figures of volumes', () => {
  it('are written as people read them, and a dash where nothing is known', () => {
    expect([readableReduction(3.44), readableReduction(null)]).toEqual(['3.4 : 1', '–']);
    expect([readableRate(1.5 * 2 ** 20), readableRate(null)]).toEqual(['1.5 MiB/s', '–']);
    expect([readableCount(1234.5), readableCount(0), readableCount(null)]).toEqual(['1,235', '0', '–']);
    expect([999, 1000, 15_250, null].map(readableLatency)).toEqual(['999 µs', '1.0 ms', '15.3 ms', '–']);
  });

  it('stand in the line of their volume, or a dash with the reason', () => {
    const cells = cellsOfReports([
      { handle: 'a/v1', figures, details: null, trouble: null },
      { handle: 'a/v2', figures: null, details: null, trouble: 'fa-1 does not answer.' },
      { handle: 'a/v3', figures: { ...figures, load: null, usedBytes: null }, details: null, trouble: null },
    ]);
    expect(cells.get('a/v1')).toEqual({ used: '3 MiB', reduction: '3.4 : 1', operations: '1,234', why: '' });
    expect(cells.get('a/v2')).toEqual({ used: '–', reduction: '–', operations: '–', why: 'fa-1 does not answer.' });
    expect(cells.get('a/v3')).toMatchObject({ used: '–', operations: '–' });
  });

  it('name the limits that are set and no others', () => {
    expect(limitsOf(figures.qos)).toEqual([]);
    expect(limitsOf({ iopsLimit: 10_000, bandwidthLimitBytesPerSecond: 0 })).toEqual(['10,000 IOPS']);
    expect(limitsOf({ iopsLimit: 100, bandwidthLimitBytesPerSecond: 100 * 2 ** 20 })).toEqual([
      '100 IOPS',
      '100 MiB/s',
    ]);
  });
});
