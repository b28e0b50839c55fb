import { Cidr } from '../lib/cidr.ts';
import type { HostFs } from './host-fs.ts';

export interface InterfaceAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** Loopback, this-host, link-local, multicast and reserved: no array ever sees a node by these. */
const NOT_GLOBAL = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3', '::/127', 'fe80::/10', 'ff00::/8'].map(
  text => Cidr.parse(text),
);

/** Tunnels of pod networks sit on a card, too, but what has their addresses are pods. */
const TUNNELS = /^DEVTYPE=(vxlan|geneve|gre|wireguard|ipip|sit)$/m;

/** Flags in /proc/net/if_inet6 of addresses that go or are not yet: temporary, DAD failed, deprecated, tentative. */
const PASSING = 0x01 | 0x08 | 0x20 | 0x40;

/** A VLAN on a bond in a bridge is as deep as it gets. */
const MAX_DEPTH = 4;

/** A card, or a VLAN, bond or bridge with a card below it; bridges and pairs that only connect pods have none. */
async function reachesCard(fs: HostFs, name: string, depth = 0): Promise<boolean> {
  const folder = `/sys/class/net/${name}`;
  if (TUNNELS.test((await fs.readText(`${folder}/uevent`)) ?? '')) return false;
  if ((await fs.realPath(`${folder}/device`)) !== null) return true;
  if (depth >= MAX_DEPTH) return false;
  const lower = (await fs.list(folder)).filter(entry => entry.startsWith('lower_'));
  const found = await Promise.all(lower.map(entry => reachesCard(fs, entry.slice('lower_'.length), depth + 1)));
  return found.includes(true);
}

/** `[fd00::9]` of 32 hex digits. */
const shortIpv6 = (hex: string): string =>
  new URL(`http://[${hex.replace(/(?=(?:.{4})+$)/g, ':').replace(/^:/, '')}]`).hostname.slice(1, -1);

async function passingAddresses(fs: HostFs): Promise<ReadonlySet<string>> {
  const lines = ((await fs.readText('/proc/net/if_inet6')) ?? '').trim().split('\n');
  const fields = lines.map(line => line.trim().split(/\s+/)).filter(({ length }) => length === 6);
  return new Set(
    fields
      .filter(([, , , , flags = '']) => (Number.parseInt(flags, 16) & PASSING) !== 0)
      .map(([hex = '']) => shortIpv6(hex)),
  );
}

/**
 * Addresses from which this node may reach an array, and which export rules name: first those that Kubernetes knows as
 * the node's internal ones, then what its network cards have. An address of a single host (/32, /128) that Kubernetes does
 * not know is left out: it may be a virtual one, which moves to another node and would let that one in.
 */
export async function nodeAddresses(
  fs: HostFs,
  found: readonly InterfaceAddress[],
  internal: readonly string[],
): Promise<readonly string[]> {
  const passing = await passingAddresses(fs);
  const isGlobal = (address: string) => !NOT_GLOBAL.some(range => range?.has(address));
  const lasting = found.filter(
    ({ address, prefixLength }) =>
      isGlobal(address) && !passing.has(address) && prefixLength < (address.includes(':') ? 128 : 32),
  );
  const names = [...new Set(lasting.map(({ interfaceName }) => interfaceName))].sort();
  const onCard = await Promise.all(names.map(name => reachesCard(fs, name)));
  const kept = names.filter((_, index) => onCard[index]);
  const others = kept.flatMap(name =>
    lasting.filter(({ interfaceName }) => interfaceName === name).map(({ address }) => address),
  );
  return [...new Set([...internal.filter(isGlobal), ...others])];
}
