import { describe, expect, it } from '@jest/globals';
import type { ArrayUsage, VolumeFigures } from '../../../driver/src/domain/volume-report.ts';
import { ownersOf, ownersQuery, topVolumes } from './top-volumes.ts';
import type { PersistentVolume } from './volumes.ts';

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
const NONE = topVolumes([]);
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
    const volumes = [
      { metadata: { name: 'a' }, spec: { claimRef, csi } },
      { metadata: { name: 'b' }, spec: { claimRef, csi: { driver: 'other', volumeHandle: 'uuid/b' } } },
      { metadata: { name: 'c' }, spec: { csi: { ...csi, volumeHandle: 'uuid/c' } } },
    ];
    const owners = ownersOf(volumes, NONE);
    expect([...owners]).toEqual([['uuid/a', claimRef]]);
    const gone = { metadata: { name: 'a' }, spec: { claimRef, csi }, status: { phase: 'Released' } };
    expect([...ownersOf([gone], NONE)]).toEqual([]);
  });
});

describe('top volumes that PSO made', () => {
  const ID = '5aa3a40d-1f5c-4d7e-9c1b-0f6c2d1e8a01';
  const OTHER = '5aa3a40d-1f5c-4d7e-9c1b-0f6c2d1e8a02';
  const PVC = `pvc-${UID}1`;
  const CLAIM = { namespace: 'shop', name: 'orders' };
  const persistent = (volumeHandle: string, name = CLAIM.name, driver = 'pure-csi'): PersistentVolume => ({
    metadata: { name: PVC },
    spec: { claimRef: { ...CLAIM, name }, csi: { driver, volumeHandle } },
  });
  /** Names of the claims of volumes with these handles in the arrays' figures. */
  const claimsOf = (handles: readonly string[], volumes: readonly PersistentVolume[]) => {
    const top = topVolumes([
      array(
        'fa-1',
        handles.map(handle => ({ ...volume(1, 5, 5), handle })),
      ),
    ]);
    const owners = ownersOf(volumes, top);
    return handles.map(handle => owners.get(handle)?.name ?? null);
  };

  it.each([
    ['a bare name', `k8s-${PVC}`, `k8s-${PVC}`],
    ['a name without its prefix', PVC, `k8s-${PVC}`],
    ['a prefix before a slash', `k8s/${PVC}`, `k8s-${PVC}`],
    ['a name in a pod', `pod::k8s-${PVC}`, `pod::k8s-${PVC}`],
  ])('are found by %s, though their handles name no array', (_name, handle, onArray) => {
    expect(claimsOf([`${ID}/${onArray}`], [persistent(handle)])).toEqual(['orders']);
  });

  it('are not taken for others', () => {
    const handles = [`${ID}/k8s-${PVC}`];
    expect(claimsOf(handles, [persistent(`k8s-pvc-${UID}2`)])).toEqual([null]);
    expect(claimsOf(handles, [persistent(`k8s-${PVC}`, 'orders', 'other')])).toEqual([null]);
    expect(claimsOf(handles, [persistent(`${OTHER}/k8s-${PVC}`)])).toEqual([null]);
    expect(claimsOf([`${ID}/pod::k8s-${PVC}`], [persistent(PVC)])).toEqual([null]);
  });

  it('have no owner where several PersistentVolumes may be meant, unless one of them names the array', () => {
    const handles = [`${ID}/k8s-${PVC}`];
    const two = [persistent(`k8s-${PVC}`, 'one'), persistent(PVC, 'two')];
    expect(claimsOf(handles, two)).toEqual([null]);
    expect(claimsOf(handles, [...two, persistent(`${ID}/k8s-${PVC}`, 'three')])).toEqual(['three']);
    const [first = two[0], second] = two;
    const gone = { ...second, status: { phase: 'Released' } } as PersistentVolume;
    expect(claimsOf(handles, [first as PersistentVolume, gone])).toEqual([null]);
  });

  it('have no owner where one PersistentVolume may mean several, but a pod on two arrays has one volume', () => {
    const volumes = [persistent(PVC)];
    expect(claimsOf([`${ID}/k8s-${PVC}`, `${OTHER}/k8s-${PVC}`], volumes)).toEqual([null, null]);
    expect(claimsOf([`${ID}/k8s-${PVC}`, `${ID}/k8s-copy-${PVC}`], volumes)).toEqual([null, null]);
    const inPod = [persistent(`pod::k8s-${PVC}`)];
    expect(claimsOf([`${ID}/pod::k8s-${PVC}`, `${OTHER}/pod::k8s-${PVC}`], inPod)).toEqual(['orders', 'orders']);
  });
});
