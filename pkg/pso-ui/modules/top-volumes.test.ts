import { describe, expect, it } from '@jest/globals';
import type { ArrayUsage, VolumeFigures } from '../../../driver/src/domain/volume-report.ts';
import { ownersOf, ownersQuery, topVolumes } from './top-volumes.ts';

const UID = '11111111-2222-4333-8444-55555555555';
const volume = (index: number, usedBytes: number | null, iops: number | null): VolumeFigures => ({
  handle: `uuid/vgroup/k8s-pvc-${UID}${index}`,
  sizeBytes: 10,
  usedBytes,
  snapshotBytes: null,
  reduction: null,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  load: iops === null ? null : { iops, bytesPerSecond: 0, latencyMicroseconds: 0 },
});
const array = (name: string, volumes: readonly VolumeFigures[]): ArrayUsage => ({
  endpoint: name,
  name,
  history: [],
  largest: volumes,
  busiest: volumes,
  trouble: null,
});
const FLEET = [
  array('fa-1', [volume(1, 50, 1), volume(2, 10, 7), volume(3, 0, 0)]),
  array('fa-2', [volume(4, 40, 9), volume(5, 30, null), volume(6, null, 2), volume(7, 20, 0), volume(8, 5, 0)]),
];

describe('top volumes', () => {
  it('are five of the whole fleet, without those that hold or do nothing', () => {
    const { largest, busiest } = topVolumes(FLEET);
    expect(largest.map(({ usedBytes, array: at }) => [usedBytes, at])).toEqual([
      [50, 'fa-1'],
      [40, 'fa-2'],
      [30, 'fa-2'],
      [20, 'fa-2'],
      [10, 'fa-1'],
    ]);
    expect(busiest.map(({ load }) => load?.iops)).toEqual([9, 7, 2, 1]);
    expect(largest[0]?.name).toBe(`vgroup/k8s-pvc-${UID}1`);
  });

  it('are looked up by the names of their PersistentVolumes, each once, in one small request', () => {
    const query = ownersQuery(topVolumes(FLEET));
    expect(query).toMatchObject({ page: 1, size: 10 });
    expect(query?.filters?.[0]?.split(',')).toHaveLength(6);
    expect(query?.filters?.[0]).toContain(`metadata.name="pvc-${UID}1"`);
    const foreign = { ...volume(1, 5, 5), handle: 'uuid/imported' };
    expect(ownersQuery(topVolumes([array('fa-1', [foreign])]))).toBeNull();
  });

  it('belong to the claims of our own volumes', () => {
    const claimRef = { namespace: 'shop', name: 'orders' };
    const csi = { driver: 'pure-csi', volumeHandle: 'uuid/a' };
    const owners = ownersOf([
      { metadata: { name: 'a' }, spec: { claimRef, csi } },
      { metadata: { name: 'b' }, spec: { claimRef, csi: { driver: 'other', volumeHandle: 'uuid/b' } } },
      { metadata: { name: 'c' }, spec: { csi: { ...csi, volumeHandle: 'uuid/c' } } },
    ]);
    expect([...owners]).toEqual([['uuid/a', claimRef]]);
    const gone = { metadata: { name: 'a' }, spec: { claimRef, csi }, status: { phase: 'Released' } };
    expect([...ownersOf([gone])]).toEqual([]);
  });
});
