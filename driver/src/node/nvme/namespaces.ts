import { SECTOR_BYTES } from '../../domain/bytes.ts';
import type { Disk, MultipathMap } from '../block-devices.ts';
import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import { controllerFile } from './controllers.ts';

/** A namespace as the kernel's own multipathing shows it: one device, and below it a hidden one for each controller. */
export interface Namespace {
  readonly wwid: string;
  readonly nsid: number;
  /** NQN of its subsystem: the array. */
  readonly targetNqn: string | null;
  readonly device: MultipathMap;
  readonly paths: readonly NamespacePath[];
}

export interface NamespacePath extends Disk {
  readonly nsid: number;
  /** `nvme0`. */
  readonly controller: string;
}

/** ANA states in which I/O goes through (NVM Express base specification, Asymmetric Namespace Access). */
const ACCESSIBLE = ['optimized', 'non-optimized'];

const DEVICE = /^nvme\d+n\d+$/;
const PATH = /^nvme(\d+)c(\d+)n(\d+)$/;

/** The NGUID also where the kernel would name the device by a UUID. */
async function readWwid(fs: HostFs, folder: string): Promise<string | null> {
  const [nguid, wwid] = await Promise.all([readAttribute(fs, `${folder}/nguid`), readAttribute(fs, `${folder}/wwid`)]);
  const digits = nguid?.replaceAll('-', '').toLowerCase() ?? '';
  return /^[0-9a-f]{32}$/.test(digits) && !/^0+$/.test(digits) ? `eui.${digits}` : (wwid?.toLowerCase() ?? null);
}

const readNumber = async (fs: HostFs, file: string): Promise<number> => Number((await readAttribute(fs, file)) ?? '0');

async function readPath(fs: HostFs, name: string): Promise<NamespacePath> {
  const folder = `/sys/block/${name}`;
  const controller = `nvme${PATH.exec(name)?.[2] ?? ''}`;
  const [wwid, sectors, nsid, state, ana] = await Promise.all([
    readWwid(fs, folder),
    readNumber(fs, `${folder}/size`),
    readNumber(fs, `${folder}/nsid`),
    readAttribute(fs, controllerFile(controller, 'state')),
    readAttribute(fs, `${folder}/ana_state`),
  ]);
  const isAccessible = ana === null || ACCESSIBLE.includes(ana);
  return {
    name,
    wwid,
    bytes: sectors * SECTOR_BYTES,
    // In the words of SCSI, so that who counts paths need not know the difference.
    state: state === 'live' && isAccessible ? 'running' : `${state ?? 'gone'}, ${ana ?? 'no ANA state'}`,
    address: `${controller}:${nsid}`,
    session: null,
    nsid,
    controller,
  };
}

async function readNamespace(fs: HostFs, name: string, all: readonly string[]): Promise<Namespace | null> {
  const folder = `/sys/block/${name}`;
  const [wwid, nsid, targetNqn, sectors, number, holders] = await Promise.all([
    readWwid(fs, folder),
    readNumber(fs, `${folder}/nsid`),
    readAttribute(fs, `${folder}/device/subsysnqn`),
    readNumber(fs, `${folder}/size`),
    readAttribute(fs, `${folder}/dev`),
    fs.list(`${folder}/holders`),
  ]);
  if (wwid === null) return null;
  const names = all.filter(path => path.replace(PATH, 'nvme$1n$3') === name && path !== name).sort();
  const paths = await Promise.all(names.map(path => readPath(fs, path)));
  const device = { device: name, name, bytes: sectors * SECTOR_BYTES, number: number ?? '', slaves: names, holders };
  return { wwid, nsid, targetNqn, device, paths };
}

/** All namespaces of this node, whoever connected them. */
export async function listNamespaces(fs: HostFs): Promise<readonly Namespace[]> {
  const all = await fs.list('/sys/block');
  const found = await Promise.all(all.filter(name => DEVICE.test(name)).map(name => readNamespace(fs, name, all)));
  return found.filter(namespace => namespace !== null);
}

/** By its NGUID alone: names are the kernel's, and numbers are used again. */
export async function namespaceOf(fs: HostFs, wwid: string): Promise<Namespace | null> {
  return (await listNamespaces(fs)).find(namespace => namespace.wwid === wwid) ?? null;
}
