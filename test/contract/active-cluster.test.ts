import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { decodePublishContext, fcTargets, iscsiTargets } from '../../driver/src/domain/publish-context.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import { bareWwns } from '../simulator/flasharray/ports.ts';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

const N1 = formatNodeId(nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1' }));
const N2 = formatNodeId(nodeNamed('n2', { iqn: 'iqn.2026-01.lab:n2' }));
const BOTH = ['a1', 'a2'];
const volumeCapability = {
  accessType: { case: 'mount' as const, value: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

const LINK = [{ arrays: ['a1', 'a2'] as [string, string], type: 'sync-replication' as const }];

let bench: ControllerBench;

/** A pod `p` on both arrays. */
async function stretch({ arrays }: ControllerBench): Promise<void> {
  await byHand(arrays.find('a1'), 'POST', '/pods?names=p');
  await byHand(arrays.find('a1'), 'POST', '/pods/arrays?group_names=p&member_names=a2');
}

beforeEach(async () => {
  bench = await startBench(2, {}, {}, LINK);
  await stretch(bench);
});

afterEach(async () => {
  for (const name of BOTH) array(name).array.isDown = false;
  await bench.close();
});

const array = (name: string) => bench.arrays.find(name);
const coreOf = (name: string) => array(name).array.core;

/** On a1, of which the id then speaks. */
async function make(at = bench): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: 'pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11',
    parameters: { backend: 'block', pure_fa_pod_name: 'p', arraySelector: 'site=a1' },
    volumeCapabilities: [volumeCapability],
  });
  return volume?.volumeId ?? '';
}

const publish = async (volumeId: string, nodeId = N1): Promise<Record<string, string>> =>
  (await ask(bench, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability })).publishContext;
const unpublish = (volumeId: string, nodeId = N1): Promise<unknown> =>
  ask(bench, 'controllerUnpublishVolume', { volumeId, nodeId });

const hostsOn = (name: string): readonly (string | undefined)[] =>
  Array.from(coreOf(name).state.connections, ({ host }) => host?.name);
const targetsIn = (context: Record<string, string>): readonly string[] => {
  const decoded = decodePublishContext(context);
  return decoded.protocol === 'iscsi' ? iscsiTargets(decoded).map(({ targetIqn }) => targetIqn) : [];
};
const iqnOf = (name: string): string => coreOf(name).settings.iqn;

describe('a volume in a pod that two arrays share', () => {
  it('is connected on both, as one volume with the paths of both, and disconnected from both', async () => {
    await byHand(array('a2'), 'POST', '/volumes?names=other', { provisioned: 2 ** 30 });
    await byHand(array('a2'), 'POST', '/hosts?names=rack-7', { iqns: ['iqn.2026-01.lab:n1'] });
    await byHand(array('a2'), 'POST', '/connections?host_names=rack-7&volume_names=other');
    const volumeId = await make();
    const context = await publish(volumeId);
    const [serial] = Array.from(coreOf('a1').state.volumes.values(), volume => volume.serial);
    expect(decodePublishContext(context)).toMatchObject({
      wwid: `3624a9370${serial?.toLowerCase() ?? ''}`,
      lun: 1,
      targetIqn: iqnOf('a1'),
      peer: { lun: 2, targetIqn: iqnOf('a2'), portals: expect.arrayContaining(['10.66.1.50:3260']) },
    });
    expect([hostsOn('a1'), hostsOn('a2')]).toEqual([['n1'], ['rack-7', 'rack-7']]);
    expect(await publish(volumeId)).toEqual(context);
    await unpublish(volumeId);
    expect([hostsOn('a1'), hostsOn('a2')]).toEqual([[], ['rack-7']]);
    await unpublish(volumeId);
  });

  it.each([
    ['its own array', 'a1', 'a2'],
    ['the other array', 'a2', 'a1'],
  ])('is published while %s is down, is told to be, and gets its paths anew later', async (_which, down, up) => {
    const volumeId = await make();
    array(down).array.isDown = true;
    expect(targetsIn(await publish(volumeId))).toEqual([iqnOf(up)]);
    expect(hostsOn(up)).toEqual(['n1']);
    expect(bench.said).toMatchObject([{ id: volumeId, error: { id: 'copy-not-connected' } }]);
    expect(bench.said[0]?.error.sentence).toMatch(
      new RegExp(
        `connected to n1, but not on array ${down}, which has it, too: .*\\. Once that array is back, scale the workload to 0`,
      ),
    );
    array(down).array.isDown = false;
    await bench.eventuallyAnswers();
    expect(targetsIn(await publish(volumeId))).toEqual(BOTH.map(iqnOf));
  });

  it('is published and kept by a controller that never met its own array', async () => {
    const volumeId = await make();
    array('a1').array.isDown = true;
    const fresh = await bench.restart();
    try {
      const request = { volumeId, nodeId: N1, volumeCapability };
      const { publishContext } = await ask(fresh, 'controllerPublishVolume', request);
      expect(targetsIn(publishContext)).toEqual([iqnOf('a2')]);
      const error = await refusal(ask(fresh, 'controllerUnpublishVolume', { volumeId, nodeId: N1 }));
      expect(error.sentence).toMatch(/on array a1, .* which did not answer yet/);
    } finally {
      await fresh.close();
    }
  });

  it.each(BOTH)('does not count as detached while %s cannot be told, and does once it can', async down => {
    const volumeId = await make();
    await publish(volumeId);
    array(down).array.isDown = true;
    const error = await refusal(unpublish(volumeId));
    expect(error).toMatchObject({ id: 'copy-still-connected', finality: 'in-doubt' });
    expect(error.sentence).toMatch(
      new RegExp(`not disconnected from n1 on array ${down}, one of the two.*take it out of the pod`),
    );
    array(down).array.isDown = false;
    await bench.eventuallyAnswers();
    await unpublish(volumeId);
    expect([...hostsOn('a1'), ...hostsOn('a2')]).toEqual([]);
  });

  it('goes to no second node while either array has the first, and leaves nothing of the try', async () => {
    const volumeId = await make();
    await publish(volumeId);
    await byHand(
      array('a1'),
      'DELETE',
      '/connections?host_names=n1&volume_names=p::k8s-pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11',
    );
    expect((await refusal(publish(volumeId, N2))).message).toMatch(/still connected to n1/);
    expect([hostsOn('a1'), hostsOn('a2')]).toEqual([[], ['n1']]);
    await unpublish(volumeId);
    expect(targetsIn(await publish(volumeId, N2))).toEqual(BOTH.map(iqnOf));
  });

  it('follows a pod that serves on one array only, and one that is on one array again', async () => {
    const volumeId = await make();
    const [link] = coreOf('a1').network.links;
    if (link) link.isCut = true;
    expect(targetsIn(await publish(volumeId))).toEqual([iqnOf('a1')]);
    expect(bench.said.map(({ error }) => error.message).join()).toMatch(/Array a2: it does not serve the pod now/);
    if (link) link.isCut = false;
    await byHand(array('a1'), 'DELETE', '/pods/arrays?group_names=p&member_names=a2');
    bench.said.length = 0;
    expect(targetsIn(await publish(volumeId))).toEqual([iqnOf('a1')]);
    expect(bench.said).toEqual([]);
    await unpublish(volumeId);
    expect(hostsOn('a1')).toEqual([]);
  });
});

describe('a volume in a pod that two arrays share, over NVMe/TCP', () => {
  it('is connected on both, and the node is told of one: kernels join no namespaces of two subsystems', async () => {
    const nodeId = formatNodeId(nodeNamed('n1', { nqn: 'nqn.2026-01.lab:n1' }));
    const over = await startBench(2, { protocols: ['nvme-tcp'] }, { sanType: 'nvme-tcp' }, LINK);
    try {
      await stretch(over);
      const volumeId = await make(over);
      const request = { volumeId, nodeId, volumeCapability };
      const nqnOf = (name: string) => over.arrays.find(name).array.core.settings.nqn;
      const told = async () => (await ask(over, 'controllerPublishVolume', request)).publishContext.targetNqn;
      expect(await told()).toBe(nqnOf('a1'));
      for (const name of BOTH) expect(over.arrays.find(name).array.core.state.connections.size).toBe(1);
      expect(over.said.map(({ error }) => [error.id, error.message])).toEqual([
        ['copy-not-joined', expect.stringMatching(/by NVMe\/TCP, which is not joined with the NVMe\/TCP of array a2/)],
      ]);
      over.arrays.find('a1').array.isDown = true;
      expect(await told()).toBe(nqnOf('a2'));
      over.arrays.find('a1').array.isDown = false;
      await over.eventuallyAnswers();
      await ask(over, 'controllerUnpublishVolume', { volumeId, nodeId });
      for (const name of BOTH) expect(over.arrays.find(name).array.core.state.connections.size).toBe(0);
    } finally {
      await over.close();
    }
  });
});

describe('a volume in a pod that two arrays share, each by its own protocol', () => {
  it('is connected on both, and it is told that the loss of the first would be felt', async () => {
    const nodeId = formatNodeId(nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1', wwpns: ['2100000e1e30a1b2'] }));
    const wiring = { sanType: 'iscsi', ownSanTypes: { a2: 'fc' } } as const;
    const over = await startBench(2, { protocols: ['iscsi', 'fc'] }, wiring, LINK);
    try {
      await stretch(over);
      const volumeId = await make(over);
      const { publishContext } = await ask(over, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability });
      expect(decodePublishContext(publishContext).protocol).toBe('iscsi');
      for (const name of BOTH) expect(over.arrays.find(name).array.core.state.connections.size).toBe(1);
      expect(over.said.map(({ error }) => error.message).join()).toMatch(/by iSCSI, .* Fibre Channel of array a2/);
      await ask(over, 'controllerUnpublishVolume', { volumeId, nodeId });
      for (const name of BOTH) expect(over.arrays.find(name).array.core.state.connections.size).toBe(0);
    } finally {
      await over.close();
    }
  });
});

describe('a volume in a pod that two arrays share, over Fibre Channel', () => {
  it('is connected on both to all ports of the node, which is told of the ports of both', async () => {
    const wwpns = ['2100000e1e30a1b2', '2100000e1e30a1b3'];
    const nodeId = formatNodeId(nodeNamed('n1', { wwpns }));
    const over = await startBench(2, { protocols: ['fc'] }, { sanType: 'fc' }, LINK);
    try {
      await stretch(over);
      const volumeId = await make(over);
      const context = (await ask(over, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability }))
        .publishContext;
      const stateOf = (name: string) => over.arrays.find(name).array.core.state;
      const portsOf = (name: string) =>
        bareWwns(stateOf(name).settings)
          .map(wwn => wwn.toLowerCase())
          .sort();
      const decoded = decodePublishContext(context);
      expect(decoded.protocol === 'fc' && fcTargets(decoded)).toEqual(
        BOTH.map(name => ({ lun: 1, targetWwpns: portsOf(name) })),
      );
      for (const name of BOTH) {
        expect(Array.from(stateOf(name).connections, ({ host }) => host?.wwns)).toEqual([
          wwpns.map(wwpn => wwpn.toUpperCase()),
        ]);
      }
      await ask(over, 'controllerUnpublishVolume', { volumeId, nodeId });
      for (const name of BOTH) expect(stateOf(name).connections.size).toBe(0);
    } finally {
      await over.close();
    }
  });
});
