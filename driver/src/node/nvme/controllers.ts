import type { NvmeProtocol } from '../../domain/array.ts';
import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import { formatPortal } from '../iscsi-sessions.ts';

const CONTROLLERS = '/sys/class/nvme';
/** By the kernel's name of the transport; RDMA is RoCE wherever an array of ours is at its other end. */
const PROTOCOLS: Readonly<Record<string, NvmeProtocol>> = { tcp: 'nvme-tcp', rdma: 'nvme-roce' };

/** One connection of this node to one portal, whoever made it. */
export interface NvmeController {
  /** `nvme0`. */
  readonly name: string;
  readonly targetNqn: string;
  readonly protocol: NvmeProtocol;
  /** As `portalOf` names it. */
  readonly portal: string;
  /** False while the kernel tries to connect again. */
  readonly isLive: boolean;
}

/**
 * What tells a controller from the others of its subsystem: `10.0.0.1:4420` by TCP, `rdma:10.0.0.1:4420` by RoCE, as one
 * address may serve both. `address`: `ip:port`, IPv6 in brackets.
 */
export const portalOf = (protocol: NvmeProtocol, address: string): string =>
  protocol === 'nvme-roce' ? `rdma:${address}` : address;

/** Of the transport's module; it is there where the module is loaded or built in. */
export const moduleFolder = (portal: string): string =>
  `/sys/module/${portal.startsWith('rdma:') ? 'nvme_rdma' : 'nvme_tcp'}`;

/** Options of the kernel for a name of `portalOf`. */
export function transportOptions(portal: string): string {
  const [, rdma, ip = '', port = ''] = /^(rdma:)?\[?([^\]]+)\]?:(\d+)$/.exec(portal) ?? [];
  return `transport=${rdma === undefined ? 'tcp' : 'rdma'},traddr=${ip},trsvcid=${port}`;
}

export const controllerFile = (name: string, attribute: string): string => `${CONTROLLERS}/${name}/${attribute}`;

async function readController(fs: HostFs, name: string): Promise<NvmeController | null> {
  const [transport, targetNqn, address, state] = await Promise.all(
    ['transport', 'subsysnqn', 'address', 'state'].map(key => readAttribute(fs, controllerFile(name, key))),
  );
  // `traddr=10.0.0.1,trsvcid=4420,src_addr=…`
  const [, ip] = /(?:^|,)traddr=([^,]+)/.exec(address ?? '') ?? [];
  const [, port] = /(?:^|,)trsvcid=([^,]+)/.exec(address ?? '') ?? [];
  const protocol = PROTOCOLS[transport ?? ''];
  if (protocol === undefined || !targetNqn || ip === undefined || port === undefined) return null;
  const portal = portalOf(protocol, formatPortal(ip, port));
  return { name, targetNqn, protocol, portal, isLive: state === 'live' };
}

/** Of one subsystem, or of all. Read from sysfs: nothing waits for an array. */
export async function listControllers(fs: HostFs, targetNqn?: string): Promise<readonly NvmeController[]> {
  const names = (await fs.list(CONTROLLERS)).filter(name => /^nvme\d+$/.test(name));
  const controllers = await Promise.all(names.map(name => readController(fs, name)));
  return controllers
    .filter(controller => controller !== null)
    .filter(one => targetNqn === undefined || one.targetNqn === targetNqn);
}
