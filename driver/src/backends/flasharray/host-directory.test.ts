import { beforeEach, describe, expect, it } from '@jest/globals';
import { nodeNamed } from '../../domain/node-id.ts';
import { FlashArrayBench, link, NAME, volume } from '../../../../test/support/flasharray-bench.ts';
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
        `host ${name} has port ${KEPT} of node n1, but also ${UNKNOWN}, which is not the node's`,
      );
      expect(array.calls.filter(line => !line.startsWith('GET') && !line.includes('/login'))).toEqual([]);
    },
  );
});
