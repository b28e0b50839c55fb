import { afterEach, describe, expect, it } from '@jest/globals';
import type { SanType } from '../../driver/src/domain/array.ts';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { allPorts } from '../simulator/flasharray/ports.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

const BOTH = { protocols: ['iscsi', 'nvme-tcp'] };
const IQN = 'iqn.2026-01.lab:n1';
const NQN = 'nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000abcd';
const NODE = formatNodeId(nodeNamed('n1', { iqn: IQN, nqn: NQN }));
const WITH_FC = { protocols: ['iscsi', 'fc'] };
const ARRAY_WWNS = ['2100000E1E30A1B2', '2100000E1E30A1B3'];
const WITH_COLONS = '21:00:00:0e:1e:30:a1:b2';
const FC_NODE = formatNodeId(nodeNamed('n1', { iqn: IQN, wwpns: ARRAY_WWNS.map(wwn => wwn.toLowerCase()) }));
const volumeCapability = {
  accessType: { case: 'mount' as const, value: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (sanType: SanType, more: object = BOTH): Promise<ControllerBench> =>
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
    hosts: Array.from(state.hosts.values(), ({ name, iqns, nqns, wwns }) => ({ name, iqns, nqns, wwns })),
    connections: Array.from(state.connections, ({ host, lun, nsid }) => ({ host: host?.name, lun, nsid })),
  };
}

/** Fibre Channel ports of the array as a node knows them, of all controllers or one. */
function portsOf({ arrays }: ControllerBench, controller = 'CT'): readonly string[] {
  const ports = allPorts(arrays.find('a1').array.core.settings).filter(({ name }) => name.startsWith(controller));
  return ports.flatMap(({ wwn }) => (wwn === null ? [] : [wwn.replaceAll(':', '').toLowerCase()])).sort();
}

describe('a cluster that speaks NVMe/TCP', () => {
  it('connects a volume to a host with the NQN of the node, and tells the node where it is', async () => {
    const at = await start('nvme-tcp');
    const volumeId = await make(at);
    const context = await publish(at, volumeId);
    const { settings, serial, hosts, connections } = onArray(at);
    expect(hosts).toEqual([{ name: 'n1', iqns: [], nqns: [NQN], wwns: [] }]);
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
    expect(onArray(at).hosts).toEqual([{ name: 'rack-7', iqns: [], nqns: [NQN], wwns: [] }]);
    expect(onArray(at).connections).toMatchObject([{ host: 'rack-7' }]);
    const { entries } = await ask(at, 'listVolumes', {});
    expect(entries[0]?.status?.publishedNodeIds).toEqual([NODE]);
  });

  it.each([
    ['iscsi', 'iqns', [IQN, 'iqn.2026-01.lab:n2']],
    ['nvme-tcp', 'nqns', [NQN, 'nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000ffff']],
  ] as const)('refuses a host that stands for two machines, and connects nothing (%s)', async (sanType, kind, both) => {
    const at = await start(sanType);
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=all-nodes', { [kind]: both });
    const error = await refusal(publish(at, await make(at)));
    expect(error).toMatchObject({ id: 'host-of-other-machine', code: 'precondition' });
    expect(error.sentence).toContain(`host all-nodes has ${both[0]} of node n1, but also ${both[1]}`);
    expect(onArray(at)).toMatchObject({ hosts: [{ name: 'all-nodes', [kind]: both }], connections: [] });
  });

  it("makes a second host where the node's name is one with its IQN: a host has one kind only", async () => {
    const at = await start('nvme-tcp');
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=n1', { iqns: [IQN] });
    await publish(at, await make(at));
    const { hosts, connections } = onArray(at);
    expect(hosts).toEqual([
      { name: 'n1', iqns: [IQN], nqns: [], wwns: [] },
      { name: expect.stringMatching(/^n1-[0-9a-f]{6}$/), iqns: [], nqns: [NQN], wwns: [] },
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

  it('goes from iSCSI to Fibre Channel likewise', async () => {
    const old = await start('iscsi', WITH_FC);
    const volumeId = await make(old);
    await publish(old, volumeId, FC_NODE);
    const at = await old.restart({ sanType: 'fc' });
    try {
      expect((await refusal(publish(at, volumeId, FC_NODE))).message).toMatch(/still connected to n1/);
      await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: FC_NODE });
      expect((await publish(at, volumeId, FC_NODE)).protocol).toBe('fc');
    } finally {
      await at.close();
    }
  });

  it('goes from NVMe/TCP to NVMe/RoCE without another host, as both know the node by its NQN', async () => {
    const old = await start('nvme-tcp', { protocols: ['nvme-tcp', 'nvme-roce'] });
    const volumeId = await make(old);
    expect((await publish(old, volumeId)).protocol).toBe('nvme-tcp');
    const before = onArray(old);
    const at = await old.restart({ sanType: 'nvme-roce' });
    try {
      expect((await publish(at, volumeId)).protocol).toBe('nvme-roce');
      expect(onArray(at)).toEqual(before);
    } finally {
      await at.close();
    }
  });
});

describe('a cluster that speaks NVMe/RoCE', () => {
  const ROCE = { protocols: ['iscsi', 'nvme-roce'] };

  it('connects a volume as by NVMe/TCP, tells the node the RoCE ports, and takes it away', async () => {
    const at = await start('nvme-roce', ROCE);
    const volumeId = await make(at);
    const context = await publish(at, volumeId);
    const { settings, serial, hosts, connections } = onArray(at);
    expect(hosts).toEqual([{ name: 'n1', iqns: [], nqns: [NQN], wwns: [] }]);
    expect(connections).toEqual([{ host: 'n1', lun: null, nsid: 1 }]);
    expect(context).toEqual({
      protocol: 'nvme-roce',
      wwid: `eui.00${serial.slice(0, 14)}24a937${serial.slice(14)}`.toLowerCase(),
      nsid: '1',
      targetNqn: settings.nqn,
      portals: '10.66.1.50:4420,10.66.2.50:4420',
    });
    expect(await publish(at, volumeId)).toEqual(context);
    await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE });
    expect(onArray(at).connections).toEqual([]);
  });

  it('refuses a node without NVMe host name, naming the module that it needs, too', async () => {
    const at = await start('nvme-roce', ROCE);
    const error = await refusal(publish(at, await make(at), `n1,iqn=${IQN}`));
    expect(error).toMatchObject({ id: 'node-without-initiator', code: 'not-found' });
    expect(error.sentence).toMatch(/Node n1 has no NVMe host name\..*nvme-rdma/);
    expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
  });

  it.each([
    ['has NVMe/TCP only', BOTH, 'iscsi, nvme-tcp'],
    ['speaks a REST version that tells no numbers of namespaces', { ...ROCE, restVersion: '2.26' }, 'iscsi'],
  ])('places nothing on an array that %s', async (_what, more, offers) => {
    const at = await start('nvme-roce', more);
    expect((await refusal(make(at))).sentence).toContain(`It offers ${offers}, asked for: nvme-roce`);
  });

  it.each([
    [BOTH, /Array \S+ has no NVMe\/RoCE port with an address/],
    [{ ...ROCE, restVersion: '2.26' }, /speaks REST 2\.26; NVMe\/RoCE needs 2\.27 \(Purity 6\.6\.0\)/],
    [{ model: 'CBS-V20MP2R2' }, /is a Cloud Block Store, which has no NVMe\/RoCE/],
  ])('connects no older volume there, and says why: %j', async (more, words) => {
    const old = await start('iscsi', more);
    const volumeId = await make(old);
    const at = await old.restart({ sanType: 'nvme-roce' });
    try {
      expect((await refusal(publish(at, volumeId))).message).toMatch(words);
      expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
    } finally {
      await at.close();
    }
  });
});

describe('a cluster that speaks Fibre Channel', () => {
  it("connects a volume to a host with all ports of the node, and tells the node the array's", async () => {
    const at = await start('fc', WITH_FC);
    const volumeId = await make(at);
    const context = await publish(at, volumeId, FC_NODE);
    const { serial, hosts, connections } = onArray(at);
    const targetWwpns = portsOf(at);
    expect(targetWwpns).toHaveLength(4);
    expect(hosts).toEqual([{ name: 'n1', iqns: [], nqns: [], wwns: ARRAY_WWNS }]);
    expect(connections).toEqual([{ host: 'n1', lun: 1, nsid: null }]);
    expect(context).toEqual({
      protocol: 'fc',
      wwid: `3624a9370${serial}`.toLowerCase(),
      lun: '1',
      targetWwpns: targetWwpns.join(','),
    });
    expect(await publish(at, volumeId, FC_NODE)).toEqual(context);
    const { entries } = await ask(at, 'listVolumes', {});
    expect(entries[0]?.status?.publishedNodeIds).toEqual([FC_NODE]);
    await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: FC_NODE });
    expect(onArray(at).connections).toEqual([]);
  });

  it('leaves out the ports of a controller that is not ready', async () => {
    const at = await start('fc', WITH_FC);
    const volumeId = await make(at);
    at.arrays.find('a1').array.core.state.conditions.controllers.CT1 = 'not ready';
    const again = await at.restart({ sanType: 'fc' });
    try {
      const { targetWwpns } = await publish(again, volumeId, FC_NODE);
      expect(targetWwpns).toBe(portsOf(again, 'CT0').join(','));
    } finally {
      await again.close();
    }
  });

  it('uses the host that has one of the ports, whatever its name, and gives it the others', async () => {
    const at = await start('fc', WITH_FC);
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=rack-7', { wwns: [WITH_COLONS] });
    await publish(at, await make(at), FC_NODE);
    expect(onArray(at).hosts).toEqual([{ name: 'rack-7', iqns: [], nqns: [], wwns: ARRAY_WWNS }]);
    expect(onArray(at).connections).toMatchObject([{ host: 'rack-7' }]);
  });

  it('refuses a node whose ports belong to two hosts, naming both, and changes nothing', async () => {
    const at = await start('fc', WITH_FC);
    const [first = '', second = ''] = ARRAY_WWNS;
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=n1', { wwns: [first] });
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=old-server', { wwns: [second] });
    const before = onArray(at).hosts;
    const error = await refusal(publish(at, await make(at), FC_NODE));
    expect(error).toMatchObject({ id: 'initiator-on-several-hosts' });
    expect(error.sentence).toMatch(/belong to different hosts: n1 and old-server.*into one host/);
    expect(onArray(at)).toMatchObject({ hosts: before, connections: [] });
  });

  it('refuses a node without Fibre Channel port, and changes nothing on the array', async () => {
    const at = await start('fc', WITH_FC);
    const error = await refusal(publish(at, await make(at)));
    expect(error).toMatchObject({ id: 'node-without-initiator', code: 'not-found' });
    expect(error.sentence).toMatch(/Node n1 has no Fibre Channel port\. Check the host bus adapter/);
    expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
  });

  it.each([
    ['has no such port', {}],
    ['is a Cloud Block Store', { model: 'CBS-V20MP2R2' }],
  ])('places nothing on an array that %s', async (_what, more) => {
    const at = await start('fc', more);
    expect((await refusal(make(at))).sentence).toContain('It offers iscsi, asked for: fc');
  });

  it.each([
    [{}, /Array \S+ has no Fibre Channel port that serves SCSI/],
    [{ model: 'CBS-V20MP2R2' }, /is a Cloud Block Store, which has no Fibre Channel/],
  ])('connects no older volume there, and says why: %j', async (more, words) => {
    const old = await start('iscsi', more);
    const volumeId = await make(old);
    const at = await old.restart({ sanType: 'fc' });
    try {
      expect((await refusal(publish(at, volumeId, FC_NODE))).message).toMatch(words);
      expect(onArray(at)).toMatchObject({ hosts: [], connections: [] });
    } finally {
      await at.close();
    }
  });
});

describe('a fleet whose arrays are reached by different protocols', () => {
  const ALL = { protocols: ['iscsi', 'nvme-tcp', 'fc'] };
  const NODE_OF_ALL = formatNodeId(
    nodeNamed('n1', { iqn: IQN, nqn: NQN, wwpns: ARRAY_WWNS.map(wwn => wwn.toLowerCase()) }),
  );
  const OWN = { a1: 'nvme-tcp', a2: 'fc' } as const;
  const EXPECTED: Readonly<Record<string, SanType>> = { ...OWN, a3: 'iscsi' };

  const makeOn = async (at: ControllerBench, array: string): Promise<string> => {
    const { volume } = await ask(at, 'createVolume', {
      name: `pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c${array}`,
      parameters: { backend: 'block', arraySelector: `site=${array}` },
      volumeCapabilities: [volumeCapability],
    });
    return volume?.volumeId ?? '';
  };

  it('connects each volume by the protocol of its array, and refuses a node that lacks that one', async () => {
    const at = (bench = await startBench(3, ALL, { sanType: 'iscsi', ownSanTypes: OWN }));
    const made = new Map<string, string>();
    for (const array of Object.keys(EXPECTED)) made.set(array, await makeOn(at, array));
    for (const [name, volumeId] of made) {
      const context = await publish(at, volumeId, NODE_OF_ALL);
      expect([name, context.protocol]).toEqual([name, EXPECTED[name]]);
    }
    const withoutFc = formatNodeId(nodeNamed('n2', { iqn: 'iqn.2026-01.lab:n2', nqn: `${NQN}2` }));
    const refused = await refusal(publish(at, made.get('a2') ?? '', withoutFc));
    expect(refused.message).toMatch(/n2 .*Fibre Channel/);
    expect(Array.from(at.arrays.find('a2').array.core.state.hosts.values(), ({ name }) => name)).toEqual(['n1']);
    for (const volumeId of made.values()) await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE_OF_ALL });
    for (const { array } of at.arrays.arrays) expect([...array.core.state.connections]).toEqual([]);
  });

  it('leaves out an array that does not offer its own, and says so', async () => {
    const at = (bench = await startBench(2, BOTH, { sanType: 'iscsi', ownSanTypes: { a1: 'fc', a2: 'fc' } }));
    const refused = await refusal(make(at));
    expect(refused.message).toMatch(/a1: It offers iscsi, nvme-tcp, asked for: fc/);
  });
});
