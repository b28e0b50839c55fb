import { afterEach, describe, expect, it } from '@jest/globals';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (version = 'newest'): Promise<ControllerBench> =>
  (bench = await startBench(1, version === 'newest' ? {} : { restVersion: version }));

type Map = Record<string, string>;
const NAME = 'k8s-pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11';

async function makeVolume(at: ControllerBench, parameters: Map = {}, mutableParameters: Map = {}): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: NAME.replace('k8s-', ''),
    parameters: { backend: 'block', ...parameters },
    mutableParameters,
    volumeCapabilities: [{ accessType: { case: 'mount', value: {} }, accessMode: { mode: Mode.SINGLE_NODE_WRITER } }],
  });
  at.calls();
  return volume?.volumeId ?? '';
}

const modify = (at: ControllerBench, volumeId: string, mutableParameters: Map) =>
  ask(at, 'controllerModifyVolume', { volumeId, mutableParameters });
const makeGroup = (at: ControllerBench, name: string) =>
  byHand(at.arrays.find('a1'), 'POST', `/protection-groups?names=${name}`);

function seen(at: ControllerBench) {
  const record = at.arrays.find('a1').array.core.state.volumes.find(NAME);
  if (!record) throw new Error('no volume');
  return {
    qos: record.qos,
    groups: [...record.protectionGroups].map(({ name }) => name),
    tags: Object.fromEntries(record.tags.map(({ key, value }) => [key, value])),
  };
}

describe.each(['2.4', '2.26', 'newest'])('a VolumeAttributesClass at REST %s', version => {
  it('changes one limit, a group or tags in one call, and keeps the rest', async () => {
    const at = await start(version);
    await makeGroup(at, 'gold');
    const id = await makeVolume(at, { iops_limit: '1000', bandwidth_limit: '10M' });
    const before = seen(at).tags;
    await modify(at, id, { max_iops: '2000' });
    await modify(at, id, { protection_group: 'gold' });
    await modify(at, id, { 'tags.owner': 'team-a' });
    expect(at.calls()).toHaveLength(3);
    expect(seen(at)).toMatchObject({
      qos: { iops: 2000, bandwidth: 10 * 2 ** 20 },
      groups: ['gold'],
      tags: { ...before, owner: 'team-a' },
    });
    await modify(at, id, { protection_group: 'gold', 'tags.owner': 'team-a', iops_limit: '2000' });
    await modify(at, id, {});
  });

  it('changes nothing when a part of it is refused', async () => {
    const at = await start(version);
    await makeGroup(at, 'gold');
    const id = await makeVolume(at, { iops_limit: '1000' }, { 'tags.owner': 'team-a' });
    const before = seen(at);
    const changes = { iops_limit: '2000', 'tags.owner': 'team-b', 'tags.tier': 'gold' };
    expect(await refusal(modify(at, id, { ...changes, protection_group: 'absent' }))).toMatchObject({
      id: 'array-object-missing',
    });
    expect(seen(at)).toEqual(before);
    at.arrays.find('a1').faults.add({ kind: '403', method: 'PATCH', path: 'volumes', times: 1 });
    expect(await refusal(modify(at, id, { ...changes, protection_group: 'gold' }))).toMatchObject({
      id: 'array-role-too-low',
    });
    expect(seen(at)).toEqual(before);
  });

  it('is finished by the repeat when an answer was lost', async () => {
    const at = await start(version);
    await makeGroup(at, 'gold');
    const id = await makeVolume(at);
    const changes = { iops_limit: '2000', 'tags.owner': 'team-b', protection_group: 'gold' };
    at.arrays.find('a1').faults.add({ kind: 'answer-lost', method: 'PATCH', path: 'volumes', times: 1 });
    expect(await refusal(modify(at, id, changes))).toMatchObject({ finality: 'in-doubt' });
    await modify(at, id, changes);
    expect(seen(at)).toMatchObject({ qos: { iops: 2000 }, groups: ['gold'], tags: { owner: 'team-b' } });
  });

  it('applies to a new volume, too, as does the class', async () => {
    const at = await start(version);
    await makeGroup(at, 'gold');
    await makeVolume(at, { protection_group: 'gold', 'tags.owner': 'a' }, { 'tags.owner': 'b', iops_limit: '500' });
    expect(seen(at)).toMatchObject({ qos: { iops: 500 }, groups: ['gold'], tags: { owner: 'b', cluster: 'k8s' } });
  });
});

it.each([
  ['tags.claim', 'x', /would replace a tag/],
  ['tags.', 'x', /has a key that is not/],
  ['tags.a', '', /is not 1 to 256/],
  ['tags.a', 'x'.repeat(257), /is not 1 to 256/],
  ['protection_group', 'a,b', /is no name/],
  ['fstype', 'xfs', /is unknown/],
])('%s="%s" is refused by name before anything is asked', async (key, value, words) => {
  const at = await start();
  const id = await makeVolume(at);
  const error = await refusal(modify(at, id, { [key]: value }));
  expect(error.code).toBe('invalid');
  expect(error.message).toMatch(words);
  expect(at.calls()).toEqual([]);
});
