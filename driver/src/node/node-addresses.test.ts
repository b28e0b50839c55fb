import { beforeEach, describe, expect, it } from '@jest/globals';
import type { InterfaceAddress } from './node-addresses.ts';
import { nodeAddresses } from './node-addresses.ts';
import { FakeNode } from './testing/fake-node.ts';

const found: InterfaceAddress[] = [];
let node: FakeNode;

beforeEach(() => {
  node = new FakeNode();
  found.length = 0;
});

function add(name: string, address: string, prefixLength = address.includes(':') ? 64 : 24) {
  found.push({ interfaceName: name, address, prefixLength });
}

/** Made as sysfs shows it. */
function device(name: string, { hasCard = false, lower = [] as readonly string[], type = '' } = {}) {
  const folder = `/sys/class/net/${name}`;
  if (hasCard) node.files.set(`${folder}/device`, null);
  for (const below of lower) node.files.set(`${folder}/lower_${below}`, null);
  if (type) node.files.set(`${folder}/uevent`, `DEVTYPE=${type}\nINTERFACE=${name}\n`);
}

const addresses = (internal: readonly string[] = []) => nodeAddresses(sysfsOf(node), found, internal);

/** FakeNode's own sysfs knows block devices only. */
const sysfsOf = (fake: FakeNode): FakeNode =>
  Object.assign(fake, {
    readText: (path: string) => Promise.resolve(fake.files.get(path) ?? null),
    realPath: (path: string) => Promise.resolve(fake.files.has(path) ? path : null),
    list: (path: string) =>
      Promise.resolve(
        [...fake.files.keys()].filter(file => file.startsWith(`${path}/`)).map(file => file.slice(path.length + 1)),
      ),
  });

describe('nodeAddresses', () => {
  it('puts what Kubernetes knows first, then the cards by name', async () => {
    for (const name of ['eth1', 'eth0']) device(name, { hasCard: true });
    add('eth1', '10.2.0.5');
    add('eth0', '10.1.0.5');
    add('eth0', 'fd00::5');
    expect(await addresses(['fd00::5', '10.2.0.5'])).toEqual(['fd00::5', '10.2.0.5', '10.1.0.5']);
  });

  it('finds the card below a VLAN on a bond in a bridge', async () => {
    device('eth0', { hasCard: true });
    device('bond0', { lower: ['eth0'] });
    device('bond0.7', { lower: ['bond0'], type: 'vlan' });
    device('br-storage', { lower: ['bond0.7'], type: 'bridge' });
    add('br-storage', '10.7.0.5');
    expect(await addresses()).toEqual(['10.7.0.5']);
  });

  it('leaves out what belongs to pods: bridges without a card, pairs, tunnels', async () => {
    device('eth0', { hasCard: true });
    device('veth1');
    device('cni0', { lower: ['veth1'], type: 'bridge' });
    device('docker0', { type: 'bridge' });
    device('flannel.1', { lower: ['eth0'], type: 'vxlan' });
    for (const [index, name] of ['cni0', 'veth1', 'docker0', 'flannel.1'].entries()) add(name, `10.244.${index}.1`);
    add('eth0', '10.1.0.5');
    expect(await addresses()).toEqual(['10.1.0.5']);
  });

  it.each(['127.0.0.1', '169.254.7.7', '::1', 'fe80::1', '0.0.0.0'])('leaves out %s', async address => {
    device('eth0', { hasCard: true });
    add('eth0', address);
    expect(await addresses([address])).toEqual([]);
  });

  it('leaves out a single-host address, which may move to another node, unless Kubernetes knows it', async () => {
    device('eth0', { hasCard: true });
    add('eth0', '10.1.0.99', 32);
    add('eth0', 'fd00::99', 128);
    expect(await addresses()).toEqual([]);
    expect(await addresses(['10.1.0.99'])).toEqual(['10.1.0.99']);
  });

  it('leaves out IPv6 addresses that go', async () => {
    device('eth0', { hasCard: true });
    add('eth0', 'fd00::5');
    add('eth0', 'fd00::6e:1');
    node.files.set(
      '/proc/net/if_inet6',
      'fd000000000000000000000000000005 02 40 00 80     eth0\nfd0000000000000000000000006e0001 02 40 00 01     eth0\n',
    );
    expect(await addresses()).toEqual(['fd00::5']);
  });

  it('is what Kubernetes knows where no interface is known, as in a nested cluster', async () => {
    add('eth0', '172.18.0.3', 16);
    expect(await addresses(['172.18.0.3'])).toEqual(['172.18.0.3']);
  });
});
