import { afterEach, describe, expect, it } from '@jest/globals';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, CLUSTER, refusal, startBench } from '../support/controller-bench.ts';

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (count = 2): Promise<ControllerBench> => (bench = await startBench(count));

const UUID = '0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11';
const NODE = 'n1,iqn=iqn.2026-01.lab:n1';
const GI = 1n << 30n;
const volumeCapability = {
  accessType: { case: 'mount' as const, value: { fsType: 'xfs' } },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

const make = ({ arrays }: ControllerBench, array: string, name: string, gib = 1) =>
  byHand(arrays.find(array), 'POST', `/volumes?names=${encodeURIComponent(name)}`, { provisioned: gib * 2 ** 30 });
const live = ({ arrays }: ControllerBench, array: string) =>
  arrays
    .find(array)
    .array.liveVolumes()
    .map(({ name }) => name);

const publish = (at: ControllerBench, volumeId: string) =>
  ask(at, 'controllerPublishVolume', {
    volumeId,
    nodeId: NODE,
    volumeCapability,
  });
const unpublish = (at: ControllerBench, volumeId: string) =>
  ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE });
const remove = (at: ControllerBench, volumeId: string) => ask(at, 'deleteVolume', { volumeId });
const listed = async (at: ControllerBench) => (await ask(at, 'listVolumes', {})).entries;

/** Handle in the PersistentVolume, and the volume's name on its array. */
const SHAPES: readonly (readonly [string, string, string])[] = [
  ['a bare name of a person', 'legacy-db', 'legacy-db'],
  ['PSO 6: the name on the array', `${CLUSTER}-pvc-${UUID}`, `${CLUSTER}-pvc-${UUID}`],
  ['without the prefix of the cluster', `pvc-${UUID}`, `${CLUSTER}-pvc-${UUID}`],
  ['PSO 5.0: cluster and claim', `${CLUSTER}/pvc-${UUID}`, `${CLUSTER}-pvc-${UUID}`],
  ['in a pod', 'pod1::db', 'pod1::db'],
];

describe.each(SHAPES)('a PersistentVolume with %s', (_what, volumeId, name) => {
  it('is published, expanded, snapshotted, copied and deleted', async () => {
    const at = await start();
    if (name.includes('::')) await byHand(at.arrays.find('a2'), 'POST', '/pods?names=pod1');
    await make(at, 'a2', name);

    const { publishContext } = await publish(at, volumeId);
    expect(publishContext).toMatchObject({ protocol: 'iscsi' });
    const got = await ask(at, 'controllerGetVolume', { volumeId });
    expect(got).toMatchObject({ volume: { volumeId, capacityBytes: GI }, status: { publishedNodeIds: [NODE] } });
    await unpublish(at, volumeId);

    const expanded = await ask(at, 'controllerExpandVolume', {
      volumeId,
      capacityRange: { requiredBytes: 2n * GI },
    });
    expect(expanded.capacityBytes).toBe(2n * GI);

    const { snapshot } = await ask(at, 'createSnapshot', {
      name: 'snapshot-1',
      sourceVolumeId: volumeId,
    });
    expect(snapshot?.sourceVolumeId).toBe(volumeId);
    const foreignSnapshot = `${volumeId}.snapshot-1`;
    const found = await ask(at, 'listSnapshots', { snapshotId: foreignSnapshot });
    expect(found.entries[0]?.snapshot).toMatchObject({ snapshotId: foreignSnapshot, sourceVolumeId: volumeId });

    const copied = await ask(at, 'createVolume', {
      name: 'pvc-9b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c99',
      parameters: { backend: 'block' },
      volumeCapabilities: [volumeCapability],
      volumeContentSource: { type: { case: 'snapshot', value: { snapshotId: foreignSnapshot } } },
    });
    expect(copied.volume?.contentSource?.type.value).toMatchObject({ snapshotId: foreignSnapshot });
    expect(copied.volume?.capacityBytes).toBe(2n * GI);

    expect(await refusal(remove(at, volumeId))).toMatchObject({ id: 'volume-has-snapshots' });
    await ask(at, 'deleteSnapshot', { snapshotId: foreignSnapshot });
    await remove(at, volumeId);
    expect(live(at, 'a2')).toEqual([`${CLUSTER}-pvc-9b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c99`]);
    await remove(at, volumeId);
  });
});

describe('a handle without an array', () => {
  it('costs one look-up an array, and none while it is known', async () => {
    const at = await start();
    await make(at, 'a1', 'legacy-db');
    at.calls();
    await publish(at, 'legacy-db');
    expect(at.calls().filter(line => line.includes('GET /volumes?filter'))).toHaveLength(2);
    await unpublish(at, 'legacy-db');
    await publish(at, 'legacy-db');
    expect(at.calls().filter(line => line.includes('GET /volumes?filter'))).toEqual([]);
  });

  it('is refused when two arrays have the name, naming both', async () => {
    const at = await start();
    await make(at, 'a1', 'legacy-db');
    await make(at, 'a2', 'legacy-db');
    for (const attempt of [publish, remove]) {
      const error = await refusal(attempt(at, 'legacy-db'));
      expect(error).toMatchObject({ id: 'handle-ambiguous', code: 'precondition' });
      expect(error.message).toContain('legacy-db on array a1 or legacy-db on array a2');
    }
    expect([live(at, 'a1'), live(at, 'a2')]).toEqual([['legacy-db'], ['legacy-db']]);
  });

  it('waits for an array that is away, unless its name can only be there once; deleting always waits', async () => {
    const at = await start();
    const unique = `${CLUSTER}-pvc-${UUID}`;
    await make(at, 'a1', 'legacy-db');
    await make(at, 'a1', unique);
    at.arrays.find('a2').array.isDown = true;
    expect(await refusal(publish(at, 'legacy-db'))).toMatchObject({ id: 'handle-uncertain', code: 'unavailable' });
    await publish(at, unique);
    await unpublish(at, unique);
    expect(await refusal(remove(at, unique))).toMatchObject({ id: 'handle-uncertain' });
    expect(await refusal(remove(at, 'gone'))).toMatchObject({ id: 'handle-uncertain' });
    expect(live(at, 'a1')).toEqual(['legacy-db', unique]);
  });

  it('is not found on no array; deleting what is not there succeeds', async () => {
    const at = await start();
    expect(await refusal(publish(at, 'nowhere'))).toMatchObject({ code: 'not-found' });
    expect(await refusal(publish(at, 'no handle; at all'))).toMatchObject({ id: 'handle-unknown' });
    await remove(at, 'nowhere');
    await remove(at, 'no handle; at all');
  });

  it('is listed under the name that Kubernetes knows, with our prefix or without', async () => {
    const at = await start();
    await make(at, 'a1', 'legacy-db');
    await make(at, 'a1', 'stranger');
    await publish(at, 'legacy-db');
    expect(await listed(at)).toMatchObject([
      { volume: { volumeId: 'legacy-db' }, status: { publishedNodeIds: [NODE] } },
    ]);
    await unpublish(at, 'legacy-db');
    await remove(at, 'legacy-db');
    await make(at, 'a1', `${CLUSTER}-pvc-${UUID}`);
    await publish(at, `pvc-${UUID}`);
    expect(await listed(at)).toMatchObject([
      { volume: { volumeId: `pvc-${UUID}` }, status: { publishedNodeIds: [NODE] } },
    ]);
  });
});

/** Classes as PSO 5, PSO 6 and PX-CSI users have them. */
const CLASSES: readonly Readonly<Record<string, string>>[] = [
  { backend: 'block', 'csi.storage.k8s.io/fstype': 'xfs', createoptions: '-q' },
  { backend: 'block', iops_limit: '30000', bandwidth_limit: '10G' },
  { backend: 'pure_block', max_iops: '1000', max_bandwidth: '1G' },
];

it.each(CLASSES)('a class with %j makes volumes', async parameters => {
  const at = await start(1);
  await ask(at, 'createVolume', {
    name: `pvc-${UUID}`,
    capacityRange: { requiredBytes: GI },
    parameters,
    volumeCapabilities: [volumeCapability],
  });
  expect(live(at, 'a1')).toEqual([`${CLUSTER}-pvc-${UUID}`]);
});
