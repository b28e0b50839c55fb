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

const refuse = (device: AttachedDevice, reason: string, nextStep: string): PsoError =>
  new PsoError('precondition', `Volume ${device.wwid} is not formatted: ${reason}.`, nextStep);

/**
 * Throws unless everything proves that the device is new and empty (DESIGN §3.8). That blkid finds nothing is no proof:
 * it says the same of a device that it cannot read.
 */
export async function requireBlank(fs: HostFs, device: AttachedDevice, isCreatedBlank: boolean): Promise<void> {
  if (!isCreatedBlank) {
    throw refuse(
      device,
      'it has no file system and was not created empty (a clone, a restored snapshot or a volume made elsewhere)',
      'Use volumeMode: Block to look at its data, or create a file system on it by hand.',
    );
  }
  if (device.paths.some(path => path.wwid !== device.wwid || path.bytes !== device.map.bytes)) {
    throw refuse(device, 'its paths differ', 'Check multipath -ll on the node.');
  }
  for (const region of probeRegions(device.map.bytes)) {
    const bytes = await fs.readDevice(devicePath(device.map.device), region.offset, region.length);
    if (bytes.length !== region.length) {
      throw refuse(device, `only ${bytes.length} of ${region.length} bytes at ${region.offset} could be read`, RETRY);
    }
    const at = firstNonZero(bytes);
    if (at >= 0) {
      throw refuse(
        device,
        `it holds data at byte ${region.offset + at} of ${formatBytes(device.map.bytes)}, but no known file system`,
        'Look at the data with volumeMode: Block. Nothing was written.',
      );
    }
  }
}

const RETRY = 'It is tried again by itself; check the paths with multipath -ll.';
