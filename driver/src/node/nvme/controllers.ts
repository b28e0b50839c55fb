import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import { formatPortal } from '../iscsi-sessions.ts';

const CONTROLLERS = '/sys/class/nvme';

/** One connection of this node to one portal, whoever made it. */
export interface NvmeController {
  /** `nvme0`. */
  readonly name: string;
  readonly targetNqn: string;
  /** `ip:port`, IPv6 in brackets. */
  readonly portal: string;
  /** False while the kernel tries to connect again. */
  readonly isLive: boolean;
}

export const controllerFile = (name: string, attribute: string): string => `${CONTROLLERS}/${name}/${attribute}`;

async function readController(fs: HostFs, name: string): Promise<NvmeController | null> {
  const [transport, targetNqn, address, state] = await Promise.all(
    ['transport', 'subsysnqn', 'address', 'state'].map(key => readAttribute(fs, controllerFile(name, key))),
  );
  // `traddr=10.0.0.1,trsvcid=4420,src_addr=…`
  const [, ip] = /(?:^|,)traddr=([^,]+)/.exec(address ?? '') ?? [];
  const [, port] = /(?:^|,)trsvcid=([^,]+)/.exec(address ?? '') ?? [];
  if (transport !== 'tcp' || !targetNqn || ip === undefined || port === undefined) return null;
  return { name, targetNqn, portal: formatPortal(ip, port), isLive: state === 'live' };
}

/** Of one subsystem, or of all. Read from sysfs: nothing waits for an array. */
export async function listControllers(fs: HostFs, targetNqn?: string): Promise<readonly NvmeController[]> {
  const names = (await fs.list(CONTROLLERS)).filter(name => /^nvme\d+$/.test(name));
  const controllers = await Promise.all(names.map(name => readController(fs, name)));
  return controllers
    .filter(controller => controller !== null)
    .filter(one => targetNqn === undefined || one.targetNqn === targetNqn);
}
