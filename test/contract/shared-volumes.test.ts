import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

const N1 = formatNodeId(nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1' }));
const N2 = formatNodeId(nodeNamed('n2', { iqn: 'iqn.2026-01.lab:n2' }));
const BOTH = ['a1', 'a2'];
const UUID = '0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c1';
const volumeCapability = {
  accessType: { case: 'mount' as const, value: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

let bench: ControllerBench;

beforeEach(async () => {
  bench = await startBench(2, {}, {}, [{ arrays: ['a1', 'a2'], type: 'sync-replication' }]);
  await byHand(array('a1'), 'POST', '/pods?names=p');
  await byHand(array('a1'), 'POST', '/pods/arrays?group_names=p&member_names=a2');
  for (const name of BOTH) await byHand(array(name), 'POST', '/pods?names=own');
});

afterEach(async () => {
  await bench.close();
});

const array = (name: string) => bench.arrays.find(name);

async function make(index: number, site: string, pod: string | null, at = bench): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: `pvc-${UUID}${index}`,
    parameters: { backend: 'block', arraySelector: `site=${site}`, ...(pod === null ? {} : { pure_fa_pod_name: pod }) },
    volumeCapabilities: [volumeCapability],
  });
  return volume?.volumeId ?? '';
}

const publish = (volumeId: string, nodeId = N1, at = bench): Promise<unknown> =>
  ask(at, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability });

type Listed = Readonly<Record<string, readonly string[]>>;

/** Node ids by volume, read in pages of that size. Throws when a volume is listed twice. */
async function list(at = bench, maxEntries = 0): Promise<Listed> {
  const listed: Record<string, readonly string[]> = {};
  let startingToken = '';
  do {
    const page = await ask(at, 'listVolumes', { maxEntries, startingToken });
    for (const { volume, status } of page.entries) {
      const id = volume?.volumeId ?? '';
      if (listed[id]) throw new Error(`${id} is listed twice`);
      listed[id] = [...(status?.publishedNodeIds ?? [])].sort();
    }
    startingToken = page.nextToken;
  } while (startingToken !== '');
  return listed;
}

describe('volumes of a pod that two arrays share', () => {
  it('are listed once, among others that are on one array, in pages of any size', async () => {
    const shared = [await make(1, 'a1', 'p'), await make(2, 'a2', 'p')];
    const others = [
      await make(3, 'a1', null),
      await make(4, 'a2', null),
      await make(5, 'a1', 'own'),
      await make(6, 'a2', 'own'),
    ];
    for (const id of [...shared, ...others]) await publish(id);
    const expected = Object.fromEntries([...shared, ...others].map(id => [id, [N1]]));
    for (const maxEntries of [0, 1, 2, 5]) expect(await list(bench, maxEntries)).toEqual(expected);
  });

  it.each(BOTH)('have the nodes that any of the arrays lets in, when one of them lost a connection: %s', async name => {
    const volumeId = await make(1, 'a1', 'p');
    await publish(volumeId);
    await byHand(array(name), 'DELETE', `/connections?host_names=n1&volume_names=p::k8s-pvc-${UUID}1`);
    expect(await list()).toEqual({ [volumeId]: [N1] });
    await byHand(array(name), 'POST', '/hosts?names=n2', { iqns: ['iqn.2026-01.lab:n2'] });
    await byHand(array(name), 'POST', `/connections?host_names=n2&volume_names=p::k8s-pvc-${UUID}1`);
    const nodes = Object.values(await list())[0];
    expect(nodes).toEqual([N1, 'n2']);
    const { status } = await ask(bench, 'controllerGetVolume', { volumeId });
    expect(status?.publishedNodeIds).toEqual(expect.arrayContaining([N1, 'n2']));
  });

  it.each(BOTH)('keep the id that Kubernetes has of them, which is of %s, also after a restart', async site => {
    const volumeId = await make(1, site, 'p');
    await publish(volumeId);
    expect(Object.keys(await list())).toEqual([volumeId]);
    const knowing = await bench.restart({ volumeIds: [volumeId] });
    const learning = await bench.restart();
    try {
      expect(Object.keys(await list(knowing))).toEqual([volumeId]);
      expect(Object.keys(await list(learning))).toHaveLength(1);
      // The attacher, which misses the id, publishes it anew.
      await publish(volumeId, N1, learning);
      expect(await list(learning)).toEqual({ [volumeId]: [N1] });
    } finally {
      await Promise.all([knowing.close(), learning.close()]);
    }
  });

  it('cost one call an array more than others, and nothing while there are none', async () => {
    await make(1, 'a1', null);
    bench.calls();
    await list();
    expect(bench.calls().filter(call => call.includes('/pods'))).toEqual([]);
    await make(2, 'a1', 'p');
    bench.calls();
    await list();
    expect(bench.calls().filter(call => /\/(pods|connections)/.test(call))).toHaveLength(3);
  });

  it('are found again by a controller that does not know whether it made them', async () => {
    const volumeId = await make(1, 'a1', 'p');
    const doubting = await bench.restart({ doubtMs: 60_000 });
    try {
      const { volume } = await ask(doubting, 'createVolume', {
        name: `pvc-${UUID}1`,
        parameters: { backend: 'block', pure_fa_pod_name: 'p' },
        volumeCapabilities: [volumeCapability],
      });
      expect(volume?.volumeId.split('/')[1]).toBe(volumeId.split('/')[1]);
    } finally {
      await doubting.close();
    }
    expect(BOTH.map(name => array(name).array.liveVolumes().length)).toEqual([1, 1]);
  });

  it('are meant by a handle that names no array; two volumes of one name in pods of one name are not', async () => {
    await byHand(array('a1'), 'POST', '/volumes?names=p::legacy', { provisioned: 2 ** 30 });
    await publish('p::legacy', N2);
    expect(await list()).toEqual({ 'p::legacy': [N2] });
    for (const name of BOTH) await byHand(array(name), 'POST', '/volumes?names=own::legacy', { provisioned: 2 ** 30 });
    expect(await refusal(publish('own::legacy'))).toMatchObject({ id: 'handle-ambiguous' });
  });

  it('have their snapshots listed once', async () => {
    const volumeId = await make(1, 'a1', 'p');
    await ask(bench, 'createSnapshot', { name: 'snapshot-one', sourceVolumeId: volumeId });
    expect((await ask(bench, 'listSnapshots', {})).entries).toHaveLength(1);
  });
});
