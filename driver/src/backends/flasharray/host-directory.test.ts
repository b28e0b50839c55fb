import { beforeEach, describe, expect, it } from '@jest/globals';
import { nodeNamed } from '../../domain/node-id.ts';
import { FlashArrayBench, IQN, link, NAME, node, volume } from '../../../../test/support/flasharray-bench.ts';
import { items, type ScriptedTransport } from '../../../../test/support/scripted-transport.ts';

const [KEPT, ADDED, UNKNOWN] = ['2100000E1E30A1B2', '2100000E1E30A1B3', '2100000E1E30A1FF'] as const;

let bench: FlashArrayBench;
let array: ScriptedTransport;

beforeEach(() => {
  bench = new FlashArrayBench();
  ({ array } = bench);
  array
    .on('GET /ports', items({ name: 'CT0.FC0', wwn: '52:4A:93:70:00:00:00:00' }))
    .on('GET /network-interfaces', items())
    .on('GET /volumes', items(volume({ connection_count: 1 })))
    .on('PATCH /hosts', items());
});

/** Publishes to a node with two ports, when the array has this host. */
function publishTo(host: { readonly name: string; readonly wwns: readonly string[] }) {
  array.on('GET /hosts', items({ ...host, is_local: true })).on('POST /connections', items(link(host.name)));
  const node = nodeNamed('n1', { wwpns: [KEPT.toLowerCase(), ADDED.toLowerCase()] });
  return bench.open({ sanType: 'fc' }).publish({ volumeName: NAME, node, isSingleNode: true }, bench.call());
}

const patches = () => array.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body);

describe('the host of a node with Fibre Channel', () => {
  it('gets the ports that it lacks', async () => {
    await expect(publishTo({ name: 'rack-7', wwns: [KEPT] })).resolves.toMatchObject({ protocol: 'fc', lun: 1 });
    expect(patches()).toEqual([JSON.stringify({ add_wwns: [ADDED] })]);
  });

  it.each(['n1', 'n1-0b2f5a'])(
    "gets the port of a new adapter beside the old one's, where it has a name of the node's: %s",
    async name => {
      await expect(publishTo({ name, wwns: [KEPT, UNKNOWN] })).resolves.toMatchObject({ protocol: 'fc' });
      expect(patches()).toEqual([JSON.stringify({ add_wwns: [ADDED] })]);
    },
  );

  it.each(['n2', 'n1-rack', 'n10'])(
    'is not the one of a machine from which an adapter was moved, as %s',
    async name => {
      const error = await bench.failure(publishTo({ name, wwns: [KEPT, UNKNOWN] }));
      expect(error).toMatchObject({ id: 'host-of-other-machine', code: 'precondition', finality: 'final' });
      expect(error.message).toContain(
        `host ${name} has ${KEPT} of node n1, but also ${UNKNOWN}, which is not the node's`,
      );
      expect(array.calls.filter(line => !line.startsWith('GET') && !line.includes('/login'))).toEqual([]);
    },
  );
});

describe('a host that holds initiators of two machines', () => {
  const OTHER_IQN = 'iqn.2026-01.lab:n2';

  /** Over iSCSI, to `n1`. */
  function publishOver(host: { readonly name: string; readonly iqns: readonly string[] }) {
    array
      .on(
        'GET /ports',
        items({ name: 'CT0.ETH4', iqn: 'iqn.2010-06.com.purestorage:flasharray.1', portal: '10.0.0.10:3260' }),
      )
      .on('GET /hosts', items({ ...host, is_local: true }))
      .on('POST /connections', items(link(host.name)));
    return bench.backend.publish({ volumeName: NAME, node, isSingleNode: true }, bench.call());
  }

  it('is refused, as either would see the volumes of the other, and the one would end connections of the other', async () => {
    const error = await bench.failure(publishOver({ name: 'rack-7', iqns: [IQN, OTHER_IQN] }));
    expect(error).toMatchObject({ id: 'host-of-other-machine', code: 'precondition', finality: 'final' });
    expect(error.message).toContain(
      `host rack-7 has ${IQN} of node n1, but also ${OTHER_IQN}, which is not the node's`,
    );
    expect(array.calls.filter(line => !line.startsWith('GET') && !line.includes('/login'))).toEqual([]);
  });

  it("is refused where it has one's name to the other", async () => {
    const error = await bench.failure(publishOver({ name: 'n2', iqns: [OTHER_IQN, IQN] }));
    expect(error).toMatchObject({ id: 'host-of-other-machine' });
  });

  it("is the node's where it has the node's name: the other one may be a name from before it was set up again", async () => {
    await expect(publishOver({ name: 'n1', iqns: [OTHER_IQN, IQN] })).resolves.toMatchObject({ protocol: 'iscsi' });
  });

  it('is not one with the same initiator in other letters', async () => {
    await expect(publishOver({ name: 'rack-7', iqns: [IQN.toUpperCase()] })).resolves.toMatchObject({ lun: 1 });
  });

  it('is refused with Fibre Channel, too, where it lacks no port of the node', async () => {
    const error = await bench.failure(publishTo({ name: 'rack-7', wwns: [KEPT, ADDED, UNKNOWN] }));
    expect(error).toMatchObject({ id: 'host-of-other-machine' });
  });
});
