import { beforeEach, describe, expect, it } from '@jest/globals';
import { nodeNamed } from '../../domain/node-id.ts';
import { FlashArrayBench, IQN, link, NAME, node, SERIAL, volume } from '../../../../test/support/flasharray-bench.ts';
import { items, json, refusal, type ScriptedTransport } from '../../../../test/support/scripted-transport.ts';
import type { FlashArrayBackend } from './flasharray-backend.ts';

let bench: FlashArrayBench;
let array: ScriptedTransport;
let backend: FlashArrayBackend;

beforeEach(() => {
  bench = new FlashArrayBench();
  ({ array, backend } = bench);
});

describe('publish', () => {
  const single = { volumeName: NAME, node, isSingleNode: true };

  it('is one call for many nodes and two for one', async () => {
    await bench.warm();
    array.on('POST /connections', items(link('n1', 7))).on('GET /connections', items(link('n1', 7)));
    const expected = {
      protocol: 'iscsi',
      wwid: `3624a9370${SERIAL.toLowerCase()}`,
      lun: 7,
      targetIqn: 'iqn.2010-06.com.purestorage:flasharray.1',
      portals: ['10.0.0.10:3260', '10.0.1.10:3260'],
    };
    expect(await backend.publish({ ...single, isSingleNode: false }, bench.call())).toEqual(expected);
    expect(array.calls).toHaveLength(1);
    array.calls.length = 0;
    expect(await backend.publish(single, bench.call())).toEqual(expected);
    expect(array.calls).toEqual([
      `POST /connections?host_names=n1&volume_names=${NAME}`,
      `GET /connections?volume_names=${NAME}`,
    ]);
  });

  it('is two calls in a controller that did not create the volume', async () => {
    await bench.warm();
    const other = NAME.replace('0b2f', 'ffff');
    array
      .on('POST /connections', items({ ...link('n1', 3), volume: { name: other } }))
      .on('GET /volumes', items(volume({ name: other, connection_count: 1 })));
    expect(await backend.publish({ ...single, volumeName: other }, bench.call())).toMatchObject({ lun: 3 });
    expect(array.calls).toHaveLength(2);
  });

  it('undoes its own connection and names the other node', async () => {
    await bench.warm();
    array
      .on('POST /connections', items(link('n1')))
      .on('GET /connections', items(link('n1'), link('n2')))
      .on('DELETE /connections', items());
    const error = await bench.failure(backend.publish(single, bench.call()));
    expect(error).toMatchObject({ code: 'precondition', finality: 'final' });
    expect(error.message).toContain('still connected to n2');
    expect(array.calls.at(-1)).toBe(`DELETE /connections?host_names=n1&volume_names=${NAME}`);
  });

  it('leaves a connection alone that was there before', async () => {
    await bench.warm();
    array
      .on('POST /connections', refusal('Connection already exists.'))
      .on('GET /connections', items(link('n1'), link('n2')));
    expect((await bench.failure(backend.publish(single, bench.call()))).code).toBe('precondition');
    expect(array.calls.filter(line => line.startsWith('DELETE'))).toEqual([]);
  });

  it('repeats: reads the LUN of the connection that is there', async () => {
    await bench.warm();
    array.on('POST /connections', refusal('Connection already exists.')).on('GET /connections', items(link('n1', 9)));
    expect(await backend.publish(single, bench.call())).toMatchObject({ lun: 9 });
  });

  it('creates the host when no host has the initiator, under a sanitised name', async () => {
    array
      .on('GET /hosts', items())
      .on('POST /hosts', items())
      .on('GET /volumes', items(volume({ connection_count: 1 })))
      .on('POST /connections', items(link('worker-1-example')));
    await backend.publish({ ...single, node: nodeNamed('worker-1.example', { iqn: IQN }) }, bench.call());
    const posted = array.requests.find(({ path, method }) => method === 'POST' && path.includes('/hosts'));
    expect(posted?.path).toContain('names=worker-1-example');
    expect(posted?.body).toBe(`{"iqns":["${IQN}"]}`);
  });

  it("takes another name when the node's belongs to a host with other initiators", async () => {
    array
      .on('GET /hosts', items())
      .on('POST /hosts', refusal('Host already exists.'), items())
      .on('GET /volumes', items(volume()))
      .on('POST /connections', request => items(link(/host_names=([^&]+)/.exec(request.path)?.[1] ?? '')));
    await backend.publish(single, bench.call());
    const posts = array.calls.filter(line => line.startsWith('POST /hosts'));
    expect(posts).toEqual(['POST /hosts?names=n1', expect.stringMatching(/^POST \/hosts\?names=n1-[0-9a-f]{6}$/)]);
  });

  it('refuses an initiator that belongs to two hosts', async () => {
    array.on('GET /hosts', items({ name: 'a', iqns: [IQN] }, { name: 'b', iqns: [IQN] }));
    const error = await bench.failure(backend.publish(single, bench.call()));
    expect(error.code).toBe('precondition');
    expect(error.message).toContain(`initiator ${IQN} of node n1 belongs to the hosts a and b`);
  });

  it('never connects through a host of a replication peer', async () => {
    array
      .on('GET /hosts', items({ name: 'peer:n1', iqns: [IQN], is_local: false }))
      .on('POST /hosts', items())
      .on('GET /volumes', items(volume()))
      .on('POST /connections', items(link('n1')));
    await backend.publish(single, bench.call());
    expect(array.calls).toContain(`POST /connections?host_names=n1&volume_names=${NAME}`);
  });

  it('finds the host anew when it was removed on the array', async () => {
    await bench.warm();
    array
      .on('POST /connections', refusal('Host does not exist.', 'n1'), items(link('n1b')))
      .on('GET /hosts', items({ name: 'n1b', iqns: [IQN] }))
      .on('GET /connections', items(link('n1b')));
    await expect(backend.publish(single, bench.call())).resolves.toMatchObject({ lun: 1 });
  });

  it('looks up the host once for a burst to a new node', async () => {
    array
      .on('GET /volumes', items(volume()))
      .on('POST /connections', items(link('n1')))
      .on('GET /connections', items(link('n1')));
    await Promise.all(Array.from({ length: 10 }, () => backend.publish(single, bench.call())));
    for (const once of ['GET /hosts', 'GET /ports']) {
      expect(array.calls.filter(line => line.startsWith(once))).toHaveLength(1);
    }
  });

  it.each([
    [{ volumeName: NAME, node: nodeNamed('n1'), isSingleNode: true }, {}, /no iSCSI initiator name/],
    [single, { iscsiAllowedCidrs: ['192.168.0.0/16'] }, /no iSCSI port inside the allowed networks/],
  ])('refuses in words what cannot work', async (request, settings, words) => {
    const backend = bench.open(settings);
    expect((await bench.failure(backend.publish(request, bench.call()))).message).toMatch(words);
  });

  it('offers only portals inside the allowed networks', async () => {
    const backend = bench.open({ iscsiAllowedCidrs: ['10.0.1.0/24'] });
    array.on('POST /connections', items(link('n1'))).on('GET /volumes', items(volume()));
    expect(await backend.publish(single, bench.call())).toMatchObject({ portals: ['10.0.1.10:3260'] });
  });
});

describe('publish over NVMe/TCP', () => {
  const NQN = 'nqn.2014-08.org.nvmexpress:uuid:1';
  const nvmeNode = nodeNamed('n1', { iqn: IQN, nqn: NQN });
  const request = { volumeName: NAME, node: nvmeNode, isSingleNode: true };
  const open = (more: object = {}) => bench.open({ sanType: 'nvme-tcp', ...more });
  const port = (name: string, portal: string) => ({ name, nqn: 'nqn.array', portal });

  beforeEach(() => {
    array
      .on(
        'GET /ports',
        items(
          { name: 'CT0.ETH4', iqn: 'iqn.array', portal: '10.0.0.10:3260' },
          port('CT0.ETH8', '10.0.0.11:4420'),
          port('CT1.ETH8', '10.0.1.11:4420'),
          port('CT0.ETH9', '10.0.0.13:4420'),
          port('CT0.ETH12', '10.0.0.12:4420'),
        ),
      )
      .on(
        'GET /network-interfaces',
        items(
          { name: 'ct0.eth8', enabled: true, services: ['nvme-tcp'] },
          { name: 'ct1.eth8', enabled: true, services: ['nvme-tcp'] },
          { name: 'ct0.eth9', enabled: false, services: ['nvme-tcp'] },
          { name: 'ct0.eth12', enabled: true, services: ['nvme-roce'] },
        ),
      )
      .on('GET /hosts', items({ name: 'n1', nqns: [NQN], is_local: true }))
      .on('GET /volumes', items(volume({ connection_count: 1 })))
      .on('POST /connections', items({ ...link('n1'), lun: null, nsid: 9 }));
  });

  it('names the ports of enabled NVMe/TCP interfaces, none of RoCE, and the namespace by NGUID and number', async () => {
    expect(await open().publish(request, bench.call())).toEqual({
      protocol: 'nvme-tcp',
      wwid: 'eui.006c1b16ce1c034d24a9371c00013918',
      nsid: 9,
      targetNqn: 'nqn.array',
      portals: ['10.0.0.11:4420', '10.0.1.11:4420'],
    });
    expect(array.calls.filter(line => line.startsWith('GET /hosts'))).toEqual([
      `GET /hosts?filter=nqns='${NQN}' and is_local`,
    ]);
  });

  it('names the ports of enabled NVMe/RoCE interfaces, none of TCP, where the cluster speaks that', async () => {
    expect(await bench.open({ sanType: 'nvme-roce' }).publish(request, bench.call())).toMatchObject({
      protocol: 'nvme-roce',
      wwid: 'eui.006c1b16ce1c034d24a9371c00013918',
      nsid: 9,
      portals: ['10.0.0.12:4420'],
    });
  });

  it('keeps to the allowed networks', async () => {
    const publish = (cidr: string) => open({ iscsiAllowedCidrs: [cidr] }).publish(request, bench.call());
    expect(await publish('10.0.1.0/24')).toMatchObject({ portals: ['10.0.1.11:4420'] });
    const error = await bench.failure(publish('192.168.0.0/16'));
    expect(error.message).toMatch(/no NVMe\/TCP port inside the allowed networks/);
  });

  it('takes away a connection that an IQN of the node still has, and asks no more than needed', async () => {
    const backend = open();
    await backend.publish(request, bench.call());
    array.calls.length = 0;
    array.on('DELETE /connections', items());
    await backend.unpublish(NAME, nvmeNode, bench.call());
    expect(array.calls).toHaveLength(1);
    array.calls.length = 0;
    array
      .on('DELETE /connections', refusal('Connection does not exist.'), items())
      .on('GET /hosts', items({ name: 'old', iqns: [IQN] }));
    await backend.unpublish(NAME, nvmeNode, bench.call());
    expect(array.calls.filter(line => line.startsWith('DELETE'))).toEqual([
      `DELETE /connections?host_names=n1&volume_names=${NAME}`,
      `DELETE /connections?host_names=old&volume_names=${NAME}`,
    ]);
  });

  it('takes away both connections where the node has a second host, as after a change of the protocol', async () => {
    const backend = open();
    array
      .on('GET /hosts', request =>
        items(request.path.includes('nqns') ? { name: 'n1-0b2f5a', nqns: [NQN] } : { name: 'n1', iqns: [IQN] }),
      )
      .on('DELETE /connections', items());
    await backend.unpublish(NAME, nvmeNode, bench.call());
    expect(array.calls.filter(line => line.startsWith('DELETE'))).toEqual([
      `DELETE /connections?host_names=n1-0b2f5a&volume_names=${NAME}`,
      `DELETE /connections?host_names=n1&volume_names=${NAME}`,
    ]);
  });

  it('is no success without the number of the namespace', async () => {
    array.on('POST /connections', items(link('n1'))).on('GET /connections', items(link('n1')));
    expect(await bench.failure(open().publish(request, bench.call()))).toMatchObject({
      id: 'volume-without-lun',
      finality: 'in-doubt',
    });
  });
});

describe('unpublish', () => {
  it('is one call', async () => {
    await bench.warm();
    array.on('DELETE /connections', items());
    await backend.unpublish(NAME, node, bench.call());
    expect(array.calls).toEqual([`DELETE /connections?host_names=n1&volume_names=${NAME}`]);
  });

  it.each([
    'Connection does not exist.',
    'Volume has been destroyed.',
    'Volume does not exist.',
    'Host does not exist.',
  ])('succeeds on "%s"', async message => {
    array.on('DELETE /connections', refusal(message));
    await expect(backend.unpublish(NAME, node, bench.call())).resolves.toBeUndefined();
  });

  it('does not call a failed question "not connected"', async () => {
    array.on('GET /hosts', json(403, { message: 'forbidden' }));
    expect((await bench.failure(backend.unpublish(NAME, node, bench.call()))).code).toBe('unauthenticated');
  });

  it('from all nodes spares groups and peers', async () => {
    array
      .on(
        'GET /connections',
        items(link('n1'), link('peer:n1'), { ...link('g1'), host_group: { name: 'group' } }, link('n2')),
      )
      .on('DELETE /connections', items());
    await backend.unpublish(NAME, null, bench.call());
    expect(array.calls.filter(line => line.startsWith('DELETE'))).toEqual([
      `DELETE /connections?host_names=n1&volume_names=${NAME}`,
      `DELETE /connections?host_names=n2&volume_names=${NAME}`,
    ]);
  });
});
