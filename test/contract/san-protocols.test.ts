import { afterEach, describe, expect, it } from '@jest/globals';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

const BOTH = { protocols: ['iscsi', 'nvme-tcp'] };
const IQN = 'iqn.2026-01.lab:n1';
const NQN = 'nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000abcd';
const NODE = formatNodeId(nodeNamed('n1', { iqn: IQN, nqn: NQN }));
const volumeCapability = {
  accessType: { case: 'mount' as const, value: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (sanType: 'iscsi' | 'nvme-tcp' | 'fc', more: object = BOTH): Promise<ControllerBench> =>
  (bench = await startBench(1, more, { sanType }));

async function make(at: ControllerBench): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: 'pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11',
    parameters: { backend: 'block' },
    volumeCapabilities: [volumeCapability],
  });
  return volume?.volumeId ?? '';
}

const publish = async (at: ControllerBench, volumeId: string, nodeId = NODE): Promise<Record<string, string>> =>
  (await ask(at, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability })).publishContext;

/** What the array has: hosts with their initiators, and connections. */
function onArray({ arrays }: ControllerBench) {
  const { state, settings } = arrays.find('a1').array.core;
  return {
    settings,
    serial: Array.from(state.volumes.values(), ({ serial }) => serial)[0] ?? '',
    hosts: Array.from(state.hosts.values(), ({ name, iqns, nqns }) => ({ name, iqns, nqns })),
    connections: Array.from(state.connections, ({ host, lun, nsid }) => ({ host: host?.name, lun, nsid })),
  };
}

describe('a cluster that speaks NVMe/TCP', () => {
  it('connects a volume to a host with the NQN of the node, and tells the node where it is', async () => {
    const at = await start('nvme-tcp');
    const volumeId = await make(at);
    const context = await publish(at, volumeId);
    const { settings, serial, hosts, connections } = onArray(at);
    expect(hosts).toEqual([{ name: 'n1', iqns: [], nqns: [NQN] }]);
    expect(connections).toEqual([{ host: 'n1', lun: null, nsid: 1 }]);
    expect(context).toEqual({
      protocol: 'nvme-tcp',
      wwid: `eui.00${serial.slice(0, 14)}24a937${serial.slice(14)}`.toLowerCase(),
      nsid: '1',
      targetNqn: settings.nqn,
      portals: '10.66.1.50:4420,10.66.2.50:4420',
    });
    expect(await publish(at, volumeId)).toEqual(context);
    await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE });
    expect(onArray(at).connections).toEqual([]);
  });

  it('uses the host that has the NQN, whatever its name', async () => {
    const at = await start('nvme-tcp');
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=rack-7', { nqns: [NQN] });
    await publish(at, await make(at));
    expect(onArray(at).hosts).toEqual([{ name: 'rack-7', iqns: [], nqns: [NQN] }]);
    expect(onArray(at).connections).toMatchObject([{ host: 'rack-7' }]);
    const { entries } = await ask(at, 'listVolumes', {});
    expect(entries[0]?.status?.publishedNodeIds).toEqual([NODE]);
  });

  it("makes a second host where the node's name is one with its IQN: a host has one kind only", async () => {
    const at = await start('nvme-tcp');
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=n1', { iqns: [IQN] });
    await publish(at, await make(at));
    const { hosts, connections } = onArray(at);
    expect(hosts).toEqual([
      { name: 'n1', iqns: [IQN], nqns: [] },
      { name: expect.stringMatching(/^n1-[0-9a-f]{6}$/), iqns: [], nqns: [NQN] },
    ]);
    expect(connections).toEqual([{ host: hosts[1]?.name, lun: null, nsid: 1 }]);
  });

  it('refuses a node without NVMe host name, and changes nothing on the array', async () => {
    const at = await start('nvme-tcp');
    const volumeId = await make(at);
    const error = await refusal(publish(at, volumeId, `n1,iqn=${IQN}`));
    expect(error).toMatchObject({ id: 'node-without-initiator', code: 'not-found' });
    expect(error.sentence).toMatch(/Node n1 has no NVMe host name\. Install nvme-cli .*\/etc\/nvme\/hostnqn/);
    expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
  });

  it.each([
    ['has no such port', {}],
    ['speaks a REST version that tells no numbers of namespaces', { ...BOTH, restVersion: '2.26' }],
  ])('places nothing on an array that %s', async (_what, more) => {
    const at = await start('nvme-tcp', more);
    expect((await refusal(make(at))).sentence).toContain('It offers iscsi, asked for: nvme-tcp');
  });

  it.each([
    [{}, /Array \S+ has no NVMe\/TCP port with an address/],
    [{ ...BOTH, restVersion: '2.26' }, /speaks REST 2\.26; NVMe\/TCP needs 2\.27 \(Purity 6\.6\.0\)/],
  ])('connects no older volume there, and says why: %j', async (more, words) => {
    const old = await start('iscsi', more);
    const volumeId = await make(old);
    const at = await old.restart({ sanType: 'nvme-tcp' });
    try {
      expect((await refusal(publish(at, volumeId))).message).toMatch(words);
      expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
    } finally {
      await at.close();
    }
  });
});

describe('a cluster that changes its protocol', () => {
  it('takes away the connection that was made over the old one, and lets nobody else in before', async () => {
    const old = await start('iscsi');
    const volumeId = await make(old);
    expect((await publish(old, volumeId)).protocol).toBe('iscsi');
    const at = await old.restart({ sanType: 'nvme-tcp' });
    try {
      expect((await refusal(publish(at, volumeId))).message).toMatch(/still connected to n1/);
      expect(onArray(at).connections).toEqual([{ host: 'n1', lun: 1, nsid: null }]);
      await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE });
      expect(onArray(at).connections).toEqual([]);
      expect((await publish(at, volumeId)).protocol).toBe('nvme-tcp');
    } finally {
      await at.close();
    }
  });

  it('refuses a protocol that is not served yet in words', async () => {
    const old = await start('iscsi', { protocols: ['iscsi', 'fc'] });
    const volumeId = await make(old);
    const at = await old.restart({ sanType: 'fc' });
    const node = formatNodeId(nodeNamed('n1', { wwpns: ['10000000c9abcdef'] }));
    try {
      expect((await refusal(publish(at, volumeId, node))).sentence).toMatch(
        /does not connect volumes by fc yet.*NVMEOF-TCP/,
      );
      expect(onArray(at).connections).toEqual([]);
    } finally {
      await at.close();
    }
  });
});
