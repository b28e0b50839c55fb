import { devicePath, readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import { readMounts } from '../mount-table.ts';
import type { Namespace } from './namespaces.ts';

/** Partitions are part of what a pod sees as its raw device. */
async function partitionsOf(fs: HostFs, device: string): Promise<readonly string[]> {
  return (await fs.list(`/sys/block/${device}`)).filter(name => name.startsWith(`${device}p`));
}

/** Where a namespace or one of its partitions is mounted or bound, and what was built on it (LVM, RAID). */
export async function usersOf(fs: HostFs, { device }: Namespace): Promise<readonly string[]> {
  const folder = `/sys/block/${device.device}`;
  const partitions = await partitionsOf(fs, device.device);
  const [mounts, numbers, holders] = await Promise.all([
    readMounts(fs),
    Promise.all(partitions.map(name => readAttribute(fs, `${folder}/${name}/dev`))),
    Promise.all(partitions.map(name => fs.list(`${folder}/${name}/holders`))),
  ]);
  const roots = [device.device, ...partitions].map(name => `/${name}`);
  const mounted = mounts.filter(
    mount =>
      [device.number, ...numbers].includes(mount.device) ||
      (mount.fsType.endsWith('tmpfs') && roots.includes(mount.root)),
  );
  const seen = [...mounted.map(({ path }) => path), ...device.holders, ...holders.flat()];
  if (seen.length > 0 || !(await fs.isClaimed(devicePath(device.device)))) return seen;
  // Outside of the kubelet's directory, so that a container does not see it; one of a partition counts, too.
  return ['a mount of the node'];
}
