import { formatBytes, KiB, MiB } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { AttachedDevice } from './attachment.ts';
import { devicePath } from './block-devices.ts';
import type { HostFs } from './host-fs.ts';

const EDGE_BYTES = MiB;
const WINDOW_BYTES = 64 * KiB;
const WINDOWS = 16;

interface Region {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a user of the device would have left something: first and last MiB (partition tables, LVM, RAID, superblocks)
 * and 16 windows spread evenly between, which hit the block groups and allocation groups of file systems.
 */
export function probeRegions(bytes: number): readonly Region[] {
  if (bytes <= 4 * EDGE_BYTES) return [{ offset: 0, length: bytes }];
  const step = Math.floor((bytes - 2 * EDGE_BYTES) / (WINDOWS + 1) / WINDOW_BYTES) * WINDOW_BYTES;
  const windows = Array.from({ length: WINDOWS }, (_, index) => ({
    offset: EDGE_BYTES + step * (index + 1),
    length: WINDOW_BYTES,
  }));
  return [{ offset: 0, length: EDGE_BYTES }, ...windows, { offset: bytes - EDGE_BYTES, length: EDGE_BYTES }];
}

const firstNonZero = (bytes: Uint8Array): number => bytes.findIndex(byte => byte !== 0);

/** What CreateVolume noted of a volume. */
export interface Origin {
  readonly isCreatedBlank: boolean;
  /** 0 when unknown. */
  readonly createdBytes: number;
}

const refuse = (device: AttachedDevice, reason: string, nextStep: string): PsoError =>
  new PsoError('not-blank', `Volume ${device.wwid} is not formatted: ${reason}.`, nextStep);

/** For what passes by itself: the kubelet repeats the call. */
const postpone = (device: AttachedDevice, reason: string, nextStep: string): PsoError =>
  new PsoError('not-blank-yet', `Volume ${device.wwid} is not formatted yet: ${reason}.`, nextStep);

/**
 * Throws unless everything proves that the device is new and empty (DESIGN §3.8). That blkid finds nothing is no proof:
 * it says the same of a device that it cannot read.
 */
export async function requireBlank(fs: HostFs, device: AttachedDevice, origin: Origin): Promise<void> {
  await readRegions(fs, device, origin, (region, bytes) => {
    const at = firstNonZero(bytes);
    if (at < 0) return;
    throw refuse(
      device,
      `it holds data at byte ${region.offset + at} of ${formatBytes(device.map.bytes)}, but no known file system`,
      'Look at the data with volumeMode: Block. Nothing was written.',
    );
  });
}

/** Throws unless the whole device is there and can be read, whatever it holds. */
export const requireReadable = (fs: HostFs, device: AttachedDevice, origin: Origin): Promise<void> =>
  readRegions(fs, device, origin, () => undefined);

async function readRegions(
  fs: HostFs,
  device: AttachedDevice,
  origin: Origin,
  check: (region: Region, bytes: Uint8Array) => void,
): Promise<void> {
  requireWhole(device, origin);
  for (const region of probeRegions(device.map.bytes)) {
    const bytes = await fs.readDevice(devicePath(device.map.device), region.offset, region.length);
    if (bytes.length !== region.length) {
      throw refuse(device, `only ${bytes.length} of ${region.length} bytes at ${region.offset} could be read`, RETRY);
    }
    check(region, bytes);
  }
}

function requireWhole(device: AttachedDevice, origin: Origin): void {
  if (!origin.isCreatedBlank) {
    throw refuse(
      device,
      'it has no file system and was not created empty (a clone, a restored snapshot or a volume made elsewhere)',
      'Use volumeMode: Block to look at its data, or create a file system on it by hand.',
    );
  }
  if (device.paths.some(path => path.wwid !== device.wwid || path.bytes !== device.map.bytes)) {
    throw refuse(device, 'its paths differ', 'Check multipath -ll on the node.');
  }
  if (device.map.bytes < origin.createdBytes) throw tooSmall(device, origin.createdBytes);
  requireAllPaths(device);
}

/** Until every path agreed on identity and size, a path that is down might know better. A file system that is there is mounted with fewer. */
function requireAllPaths(device: AttachedDevice): void {
  const running = device.paths.filter(path => path.state === 'running').length;
  if (running >= device.expectedPaths) return;
  throw postpone(
    device,
    `${running} of ${device.expectedPaths} paths are up, and a new file system needs all of them`,
    'It is tried again by itself. Check the network between the node and each portal; portals that this node never reaches are left out with flasharray.iSCSIAllowedCIDR. By Fibre Channel check cables and zones; a restart of the node forgets ports that it is to see no more.',
  );
}

const tooSmall = (device: AttachedDevice, createdBytes: number): PsoError =>
  postpone(
    device,
    `its device has ${formatBytes(device.map.bytes)}, and the volume was created with ${formatBytes(createdBytes)}`,
    'It is tried again by itself; compare serial and size of the volume on the array with multipath -ll on the node.',
  );

const RETRY = 'It is tried again by itself; check the paths with multipath -ll.';
