import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';

const DEVICES = '/sys/class/infiniband';

/** A network card, or what emulates one, that speaks RDMA. */
export interface RdmaDevice {
  /** `mlx5_0`. */
  readonly name: string;
  /** Whether one of its ports has a link. */
  readonly isActive: boolean;
}

async function readDevice(fs: HostFs, name: string): Promise<RdmaDevice> {
  const folder = `${DEVICES}/${name}/ports`;
  const ports = await fs.list(folder);
  // `4: ACTIVE`
  const states = await Promise.all(ports.map(port => readAttribute(fs, `${folder}/${port}/state`)));
  return { name, isActive: states.some(state => state?.startsWith('4:') === true) };
}

/** Of this node, whatever they are used for. */
export async function listRdmaDevices(fs: HostFs): Promise<readonly RdmaDevice[]> {
  const names = await fs.list(DEVICES);
  return Promise.all([...names].sort().map(name => readDevice(fs, name)));
}
