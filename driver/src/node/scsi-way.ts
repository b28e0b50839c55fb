import type { Disk } from './block-devices.ts';
import { isOnPath, lunAddresses, lunNumbers, type ScsiPath } from './scsi-path.ts';

/** How one array's paths to a volume come to be: all that iSCSI and Fibre Channel do differently. */
export interface ScsiWay {
  readonly lun: number;
  /** IQN, or port names: what the array is called here. */
  readonly target: string;
  /** What a path is called, in the plural. */
  readonly word: 'sessions' | 'port pairs';
  /** Ways with one key are gone one after the other. */
  readonly key: string;
  /** The paths that the array offers, as far as is known before they are looked for. */
  readonly offeredPaths: number;
  /**
   * Whether the kernel looks for LUNs by itself when it sees the array's port. Then it brings in volumes that nobody here
   * asked for, and multipathd builds maps of them: nobody's, as long as nobody uses them.
   */
  readonly isScannedByKernel: boolean;
  /** Brings up the paths; an error when there is none. */
  open(): Promise<OpenWay>;
}

export interface OpenWay {
  /** Usable ones, at least one. */
  readonly paths: readonly ScsiPath[];
  /** How many there should be. */
  readonly offeredPaths: number;
}

/** At one of the places where the volume has to be. */
export const isInPlace = (disk: Disk, paths: readonly ScsiPath[], lun: number): boolean =>
  paths.some(path => lunAddresses(path, lun).includes(disk.address));

/**
 * A port shows a volume at one LUN only, so what has the volume's identity elsewhere has it from earlier: the array gave
 * that LUN back, and may give it to another volume at any time. `luns`: of all arrays, for ports that are no path of this way.
 */
export function isMisplaced(disk: Disk, paths: readonly ScsiPath[], lun: number, luns: readonly number[]): boolean {
  if (paths.some(path => isOnPath(disk, path))) return !isInPlace(disk, paths, lun);
  return !luns.flatMap(lunNumbers).includes(Number(disk.address.split(':')[3]));
}
