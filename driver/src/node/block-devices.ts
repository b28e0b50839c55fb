import { SECTOR_BYTES } from '../domain/bytes.ts';
import type { HostFs } from './host-fs.ts';

/** One SCSI disk, i.e. one path to a volume. All values are the kernel's, read from sysfs. */
export interface Disk {
  /** `sda` */
  readonly name: string;
  /** `3624a9370…`, or null when the device gave no NAA identifier. */
  readonly wwid: string | null;
  readonly bytes: number;
  /** `running`, `offline`, `transport-offline`, `blocked` … (scsi_device state). */
  readonly state: string;
  /** host:channel:target:lun */
  readonly address: string;
  /** Number of the iSCSI session it came through; null for other transports. */
  readonly session: number | null;
}

/** A device-mapper multipath map. */
export interface MultipathMap {
  /** `dm-0`; its node is `/dev/dm-0`. */
  readonly device: string;
  /** Name for multipathd's commands: the WWID or an alias. */
  readonly name: string;
  readonly bytes: number;
  /** `major:minor`, as in the mount table. */
  readonly number: string;
  /** Names of the disks below. */
  readonly slaves: readonly string[];
  /** Names of devices on top (partitions, LVM). */
  readonly holders: readonly string[];
}

export const devicePath = (device: string): string => `/dev/${device}`;

/** A sysfs attribute; devices come and go while one reads, so any failure is "not there". */
export async function readAttribute(fs: HostFs, path: string): Promise<string | null> {
  try {
    return (await fs.readText(path))?.trim() ?? null;
  } catch {
    return null;
  }
}

/** sysfs says `naa.624a9370…`; multipath's WWID puts the designator type 3 before it. */
const toWwid = (attribute: string | null): string | null =>
  attribute?.startsWith('naa.') ? `3${attribute.slice('naa.'.length).toLowerCase()}` : null;

const sectors = async (fs: HostFs, device: string): Promise<number> =>
  Number((await readAttribute(fs, `/sys/block/${device}/size`)) ?? '0') * SECTOR_BYTES;

async function readDisk(fs: HostFs, name: string): Promise<Disk | null> {
  const folder = `/sys/block/${name}/device`;
  const [real, wwid, bytes, state] = await Promise.all([
    fs.realPath(folder),
    readAttribute(fs, `${folder}/wwid`),
    sectors(fs, name),
    readAttribute(fs, `${folder}/state`),
  ]);
  if (real === null) return null;
  const session = /\/session(\d+)\//.exec(real)?.[1];
  return {
    name,
    wwid: toWwid(wwid),
    bytes,
    state: state ?? 'gone',
    address: real.slice(real.lastIndexOf('/') + 1),
    session: session === undefined ? null : Number(session),
  };
}

export async function listDisks(fs: HostFs): Promise<readonly Disk[]> {
  const names = (await fs.list('/sys/block')).filter(name => /^sd[a-z]+$/.test(name));
  const disks = await Promise.all(names.map(name => readDisk(fs, name)));
  return disks.filter(disk => disk !== null);
}

/** The kernel uses names of disks again, as soon as they are free. */
export async function isStillThere(fs: HostFs, { name, address }: Disk): Promise<boolean> {
  return (await fs.realPath(`/sys/block/${name}/device`))?.endsWith(`/${address}`) === true;
}

export async function disksOf(fs: HostFs, wwid: string): Promise<readonly Disk[]> {
  return (await listDisks(fs)).filter(disk => disk.wwid === wwid);
}

async function readMap(fs: HostFs, device: string): Promise<MultipathMap> {
  const folder = `/sys/block/${device}`;
  const [name, bytes, number, slaves, holders] = await Promise.all([
    readAttribute(fs, `${folder}/dm/name`),
    sectors(fs, device),
    readAttribute(fs, `${folder}/dev`),
    fs.list(`${folder}/slaves`),
    fs.list(`${folder}/holders`),
  ]);
  return { device, name: name ?? device, bytes, number: number ?? '', slaves: [...slaves].sort(), holders };
}

/** UUID of a device-mapper device: `mpath-<wwid>`, `part1-mpath-<wwid>`, `LVM-…`; null for what is none. */
export const mapUuid = (fs: HostFs, device: string): Promise<string | null> =>
  readAttribute(fs, `/sys/block/${device}/dm/uuid`);

/** The multipath map of a volume, found by its WWID alone: names and numbers may be reused. */
export async function mapOf(fs: HostFs, wwid: string): Promise<MultipathMap | null> {
  const devices = (await fs.list('/sys/block')).filter(name => /^dm-\d+$/.test(name));
  const uuids = await Promise.all(devices.map(device => mapUuid(fs, device)));
  const device = devices[uuids.indexOf(`mpath-${wwid}`)];
  return device === undefined ? null : readMap(fs, device);
}

/** WWID of the multipath map with a device number, e.g. of a mounted file system; null when it is none. */
export async function wwidOfDeviceNumber(fs: HostFs, number: string): Promise<string | null> {
  if (!/^\d+:\d+$/.test(number)) return null;
  const uuid = await readAttribute(fs, `/sys/dev/block/${number}/dm/uuid`);
  return uuid?.startsWith('mpath-') ? uuid.slice('mpath-'.length) : null;
}
