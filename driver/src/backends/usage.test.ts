import { describe, expect, it } from '@jest/globals';
import { GiB } from '../domain/bytes.ts';
import type { VolumeFigures } from '../domain/volume-report.ts';
import { rank } from './usage.ts';

const ARRAY = '6c4b1e3a-0000-4000-8000-00000000abcd';
const figures = (name: string, usedBytes: number, iops: number): VolumeFigures => ({
  handle: `${ARRAY}/${name}`,
  sizeBytes: GiB,
  usedBytes,
  snapshotBytes: 0,
  reduction: null,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  load: { iops, bytesPerSecond: 0, latencyMicroseconds: 0 },
});
const wishes = { prefix: 'k8s-', startMs: 0, endMs: 1, most: 2 };
const names = (volumes: readonly VolumeFigures[]): readonly string[] => volumes.map(({ handle }) => handle.slice(37));

describe('the largest and the busiest volumes', () => {
  it('are so many of each, those with most first, and no idle one is busy', () => {
    const volumes = [figures('k8s-a', 1, 0), figures('k8s-b', 3, 5), figures('pod::k8s-c', 2, 9)];
    const { largest, busiest } = rank(volumes, wishes);
    expect(names(largest)).toEqual(['k8s-b', 'pod::k8s-c']);
    expect(names(busiest)).toEqual(['pod::k8s-c', 'k8s-b']);
    expect(names(rank(volumes.slice(0, 1), wishes).busiest)).toEqual([]);
  });

  // A filter by the start of names finds what stands in others' pods and groups of such a name, too.
  it.each(['k8s-pod::theirs', 'k8s-group/theirs', 'other'])('are never one of others: %s', name => {
    const { largest, busiest } = rank([figures(name, 9, 9)], wishes);
    expect([...largest, ...busiest]).toEqual([]);
  });
});
