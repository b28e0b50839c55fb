import type { Disk } from './block-devices.ts';
import type { HostFs } from './host-fs.ts';

/** A way from this node to one port of an array, as the kernel numbers it: an iSCSI session, or two Fibre Channel ports. */
export interface ScsiPath {
  /** SCSI host number: where one scans. */
  readonly host: number;
  /** Channel and target number on that host. */
  readonly channel: number;
  readonly target: number;
}

/**
 * LUN numbers under which a LUN may stand. From 256 on, an array may answer with flat space addressing, whose number
 * in Linux has bit 14 set (SAM-5 §4.7.7.4); the WWID tells afterwards whether it is the right one.
 */
export const lunNumbers = (lun: number): readonly number[] => (lun < 256 ? [lun] : [lun, lun + 0x4000]);

const placeOf = ({ host, channel, target }: ScsiPath): string => `${host}:${channel}:${target}`;

/** Addresses host:channel:target:lun at which the LUN may stand on this path. */
export const lunAddresses = (path: ScsiPath, lun: number): readonly string[] =>
  lunNumbers(lun).map(number => `${placeOf(path)}:${number}`);

export const isOnPath = ({ address }: Disk, path: ScsiPath): boolean => address.startsWith(`${placeOf(path)}:`);

/** Looks for one LUN on one path; never a global scan, which would bring back what others are removing. */
export async function scanLun(fs: HostFs, { host, channel, target }: ScsiPath, lun: number): Promise<void> {
  for (const number of lunNumbers(lun)) {
    await fs.writeText(`/sys/class/scsi_host/host${host}/scan`, `${channel} ${target} ${number}`);
  }
}
