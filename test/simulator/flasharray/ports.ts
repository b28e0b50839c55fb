import type { Protocol, Settings } from './settings.ts';

/** One way in: exactly one of `iqn`, `nqn` and `wwn` is set. */
export interface Port {
  /** Upper case: `CT0.ETH4`, `CT0.FC0`. */
  readonly name: string;
  readonly protocol: Protocol;
  /** Null for FC. */
  readonly address: string | null;
  /** `ip:port`, `[ip]:port` for IPv6; null for FC. */
  readonly portal: string | null;
  readonly iqn: string | null;
  readonly nqn: string | null;
  /** With colons, as arrays show their own. */
  readonly wwn: string | null;
}

const NVME_PORT = 4420;
const CONTROLLERS = 2;
const FC_PORTS_OF_CONTROLLER = 2;
/** First interface of a protocol on each controller; iSCSI ports carry the names of their portals. */
const FIRST_NVME_INTERFACE = { 'nvme-tcp': 8, 'nvme-roce': 12 } as const;

/** All ports of an array, protocol by protocol in the order of its settings. */
export function allPorts(settings: Settings): Port[] {
  return settings.protocols.flatMap(protocol => {
    if (protocol === 'iscsi') return iscsiPorts(settings);
    return protocol === 'fc' ? fcPorts(settings) : nvmePorts(settings, protocol);
  });
}

function iscsiPorts({ portals, iqn }: Settings): Port[] {
  return portals.map(({ port, address, tcpPort }) => ({
    name: port,
    protocol: 'iscsi',
    address,
    portal: portalText(address, tcpPort),
    iqn,
    nqn: null,
    wwn: null,
  }));
}

function nvmePorts({ portals, nqn }: Settings, protocol: 'nvme-tcp' | 'nvme-roce'): Port[] {
  const first = FIRST_NVME_INTERFACE[protocol];
  return portals.map(({ port, address }, index) => ({
    name: `${port.slice(0, 3)}.ETH${first + Math.floor(index / 2)}`,
    protocol,
    address,
    portal: portalText(address, NVME_PORT),
    iqn: null,
    nqn,
    wwn: null,
  }));
}

function fcPorts(settings: Settings): Port[] {
  const ports = wwnsOf(settings).map((bare, at): Port => ({
    name: `CT${at % CONTROLLERS}.FC${Math.floor(at / CONTROLLERS)}`,
    protocol: 'fc',
    address: null,
    portal: null,
    iqn: null,
    nqn: null,
    wwn: bare.replaceAll(/(..)(?=.)/g, '$1:'),
  }));
  return ports.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Given ones, or two for each controller. */
function wwnsOf({ id, wwns }: Settings): readonly string[] {
  if (wwns !== null) return wwns;
  return Array.from({ length: CONTROLLERS * FC_PORTS_OF_CONTROLLER }, (_, at) => {
    const [side, index] = [at % CONTROLLERS, Math.floor(at / CONTROLLERS)];
    return `524A937${id.replaceAll('-', '').slice(0, 7)}${side}${index}`.toUpperCase();
  });
}

/** Names of its Fibre Channel ports as hosts write them: upper case, without colons. Empty: it has none. */
export const bareWwns = (settings: Settings): readonly string[] =>
  allPorts(settings).flatMap(({ wwn }) => (wwn === null ? [] : [wwn.replaceAll(':', '')]));

function portalText(address: string, tcpPort: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${tcpPort}`;
}
