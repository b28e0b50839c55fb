import { afterEach, describe, expect, it } from '@jest/globals';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (count = 1, more: object = {}): Promise<ControllerBench> => (bench = await startBench(count, more));

const UUID = '0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c1';
const volumeCapabilities = [
  { accessType: { case: 'mount' as const, value: {} }, accessMode: { mode: Mode.SINGLE_NODE_WRITER } },
];

async function volumes(at: ControllerBench, ...sites: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [index, site] of sites.entries()) {
    const { volume } = await ask(at, 'createVolume', {
      name: `pvc-${UUID}${index}`,
      parameters: { backend: 'block', arraySelector: `site=${site}` },
      volumeCapabilities,
    });
    ids.push(volume?.volumeId ?? '');
  }
  return ids;
}

const snapshotGroup = async (at: ControllerBench, sourceVolumeIds: readonly string[], name = 'groupsnapshot-1') =>
  (await ask(at, 'createVolumeGroupSnapshot', { name, sourceVolumeIds: [...sourceVolumeIds] })).groupSnapshot;

const liveGroups = ({ arrays }: ControllerBench) =>
  [...arrays.find('a1').array.core.state.protectionGroups.values()].filter(({ destroyedMs }) => destroyedMs === null);

describe('a group snapshot', () => {
  it.each(['2.4', '2.26', 'newest'])('is one instant of all volumes, at REST %s', async version => {
    const at = await start(1, version === 'newest' ? {} : { restVersion: version });
    const ids = await volumes(at, 'a1', 'a1');
    at.calls();
    const group = await snapshotGroup(at, ids);
    expect(at.calls()).toHaveLength(4);
    expect(group?.readyToUse).toBe(true);
    expect(group?.snapshots.map(({ sourceVolumeId }) => sourceVolumeId).sort()).toEqual([...ids].sort());
    expect(new Set(group?.snapshots.map(({ creationTime }) => String(creationTime?.seconds))).size).toBe(1);
    expect(group?.snapshots.every(({ groupSnapshotId }) => groupSnapshotId === group.groupSnapshotId)).toBe(true);

    expect(await snapshotGroup(at, ids)).toEqual(group);
    const id = {
      groupSnapshotId: group?.groupSnapshotId ?? '',
      snapshotIds: group?.snapshots.map(s => s.snapshotId) ?? [],
    };
    expect((await ask(at, 'getVolumeGroupSnapshot', id)).groupSnapshot).toEqual(group);

    const [member] = id.snapshotIds;
    const copy = await ask(at, 'createVolume', {
      name: `pvc-${UUID}9`,
      parameters: { backend: 'block' },
      volumeCapabilities,
      volumeContentSource: { type: { case: 'snapshot', value: { snapshotId: member ?? '' } } },
    });
    const repeat = await ask(at, 'createVolume', {
      name: `pvc-${UUID}9`,
      parameters: { backend: 'block' },
      volumeCapabilities,
      volumeContentSource: { type: { case: 'snapshot', value: { snapshotId: member ?? '' } } },
    });
    expect(repeat).toEqual(copy);

    expect(await refusal(ask(at, 'deleteVolume', { volumeId: ids[0] ?? '' }))).toMatchObject({
      id: 'volume-has-snapshots',
    });
    expect(await refusal(ask(at, 'deleteSnapshot', { snapshotId: member ?? '' }))).toMatchObject({
      id: 'snapshot-in-group',
    });
    await ask(at, 'deleteVolumeGroupSnapshot', id);
    await ask(at, 'deleteVolumeGroupSnapshot', id);
    expect(liveGroups(at)).toEqual([]);
    expect(await refusal(ask(at, 'getVolumeGroupSnapshot', id))).toMatchObject({ id: 'snapshot-missing' });
    for (const volumeId of ids) await ask(at, 'deleteVolume', { volumeId });
  });

  it.each(['POST /protection-groups?', 'POST /protection-groups/volumes', 'POST /protection-group-snapshots'])(
    'is finished by the repeat when the answer of %s was lost',
    async line => {
      const at = await start();
      const ids = await volumes(at, 'a1', 'a1');
      const [method = '', path = ''] = line.split(' ');
      at.arrays.find('a1').faults.add({ kind: 'answer-lost', method, pattern: path.replace('?', '\\?'), times: 1 });
      expect(await refusal(snapshotGroup(at, ids))).toMatchObject({ finality: 'in-doubt' });
      expect((await snapshotGroup(at, ids))?.snapshots).toHaveLength(2);
      expect(liveGroups(at)).toHaveLength(1);
    },
  );

  it('is refused across arrays, naming each volume and its array', async () => {
    const at = await start(2);
    const error = await refusal(snapshotGroup(at, await volumes(at, 'a1', 'a2')));
    expect(error).toMatchObject({ id: 'group-across-arrays', code: 'precondition' });
    expect(error.message).toMatch(/k8s-pvc-.*0 on a1; k8s-pvc-.*1 on a2/);
    expect(at.calls().filter(call => call.includes('protection'))).toEqual([]);
  });

  it('is taken in the pod of its volumes, and refused across pods', async () => {
    const at = await start();
    const a1 = at.arrays.find('a1');
    await byHand(a1, 'POST', '/pods?names=p1');
    for (const name of ['p1::x', 'p1::y', 'z'])
      await byHand(a1, 'POST', `/volumes?names=${name}`, { provisioned: 1 << 20 });
    expect((await snapshotGroup(at, ['p1::x', 'p1::y']))?.snapshots.map(s => s.sourceVolumeId).sort()).toEqual([
      'p1::x',
      'p1::y',
    ]);
    expect(await refusal(snapshotGroup(at, ['p1::x', 'z'], 'other'))).toMatchObject({ id: 'group-across-pods' });
  });

  it('is refused when the name stands for other volumes, and never loses the first', async () => {
    const at = await start();
    const ids = await volumes(at, 'a1', 'a1', 'a1');
    const first = await snapshotGroup(at, ids.slice(0, 2));
    expect(await refusal(snapshotGroup(at, ids))).toMatchObject({ id: 'group-differs', code: 'already-exists' });
    expect(await snapshotGroup(at, ids.slice(0, 2))).toEqual(first);
  });

  it('refuses members that are not its own', async () => {
    const at = await start();
    const ids = await volumes(at, 'a1', 'a1');
    const groupSnapshotId = (await snapshotGroup(at, ids))?.groupSnapshotId ?? '';
    const wrong = ask(at, 'deleteVolumeGroupSnapshot', { groupSnapshotId, snapshotIds: [`${ids[0] ?? ''}.s1`] });
    expect(await refusal(wrong)).toMatchObject({ code: 'invalid' });
    expect(liveGroups(at)).toHaveLength(1);
  });
});
