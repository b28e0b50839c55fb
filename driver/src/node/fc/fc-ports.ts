import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import type { ScsiPath } from '../scsi-path.ts';

const HOSTS = '/sys/class/fc_host';
const REMOTE_PORTS = '/sys/class/fc_remote_ports';

/** A Fibre Channel port of this node. */
export interface FcPort {
  /** 16 lower-case hex digits. */
  readonly wwpn: string;
  /** Number of its SCSI host. */
  readonly host: number;
  readonly isOnline: boolean;
}

/** A port that one of this node's ports has met on the fabric. */
export interface RemotePort {
  readonly wwpn: string;
  readonly host: number;
  /** Where its LUNs are; null while it is away or is no target. */
  readonly path: ScsiPath | null;
  /** It is there and says that it is something else: a target of NVMe, an initiator. */
  readonly isOther: boolean;
}

/** `0x2100000e1e30a1b2` → `2100000e1e30a1b2`; null for what is no name, as an adapter without link may show. */
function wwpnOf(attribute: string | null): string | null {
  const digits = /^0x([0-9a-f]{16})$/.exec((attribute ?? '').toLowerCase())?.[1];
  return digits === undefined || /^(0+|f+)$/.test(digits) ? null : digits;
}

async function readPort(fs: HostFs, name: string): Promise<FcPort | null> {
  const host = /^host(\d+)$/.exec(name)?.[1];
  const [wwpn, state] = await Promise.all([
    readAttribute(fs, `${HOSTS}/${name}/port_name`).then(wwpnOf),
    readAttribute(fs, `${HOSTS}/${name}/port_state`),
  ]);
  return host === undefined || wwpn === null ? null : { wwpn, host: Number(host), isOnline: state === 'Online' };
}

/** In the order of their names, which does not change with the order in which adapters are found. */
export async function listFcPorts(fs: HostFs): Promise<readonly FcPort[]> {
  const ports = await Promise.all((await fs.list(HOSTS)).map(name => readPort(fs, name)));
  return ports.filter(port => port !== null).sort((one, other) => (one.wwpn < other.wwpn ? -1 : 1));
}

async function readRemotePort(fs: HostFs, name: string): Promise<RemotePort | null> {
  const [, host, channel] = /^rport-(\d+):(\d+)-\d+$/.exec(name) ?? [];
  const folder = `${REMOTE_PORTS}/${name}`;
  const [wwpn, state, roles, target] = await Promise.all([
    readAttribute(fs, `${folder}/port_name`).then(wwpnOf),
    readAttribute(fs, `${folder}/port_state`),
    readAttribute(fs, `${folder}/roles`),
    readAttribute(fs, `${folder}/scsi_target_id`),
  ]);
  if (host === undefined || wwpn === null) return null;
  const isTarget = (roles ?? '').includes('FCP Target');
  // -1 where there is no target.
  const isUsable = state === 'Online' && isTarget && /^\d{1,9}$/.test(target ?? '');
  // Without roles, or with `unknown`, it is not known yet.
  const isOther = state === 'Online' && !isTarget && /Target|Initiator/.test(roles ?? '');
  const path = { host: Number(host), channel: Number(channel), target: Number(target) };
  return { wwpn, host: Number(host), path: isUsable ? path : null, isOther };
}

/** One for each pair of ports; a port that was away and came back under another number counts once. */
export async function listRemotePorts(fs: HostFs): Promise<readonly RemotePort[]> {
  const names = await fs.list(REMOTE_PORTS);
  const ports = (await Promise.all(names.map(name => readRemotePort(fs, name)))).filter(port => port !== null);
  const pairs = new Map<string, RemotePort>();
  for (const port of ports) {
    const pair = `${port.host} ${port.wwpn}`;
    if ((pairs.get(pair)?.path ?? null) === null) pairs.set(pair, port);
  }
  return [...pairs.values()];
}
