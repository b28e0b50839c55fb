import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import { devicePath, isStillThere, listDisks, mapOf, mapUuid, readAttribute } from './block-devices.ts';
import type { HostFs } from './host-fs.ts';
import { readMounts } from './mount-table.ts';
import type { Multipath } from './multipath.ts';
import type { ScsiWay } from './scsi-way.ts';
import type { StagingNotes } from './staging-notes.ts';
import { waitUntil } from './wait-until.ts';

export interface LeftoversParts {
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly multipath: Multipath;
  readonly notes: StagingNotes;
}

/** multipathd lets go of nothing while it waits for udev's look at a new map, which takes seconds on a busy node. */
const TAKE_OUT_MS = 15_000;

type Place = Pick<ScsiWay, 'lun' | 'target' | 'isScannedByKernel'>;

/**
 * Disks that stand for something else than the kernel says: their LUN was given to another volume. What nobody uses is
 * removed; what is in use is refused, as its map would write to the volume that has the LUN now.
 */
export class Leftovers {
  readonly #parts: LeftoversParts;

  constructor(parts: LeftoversParts) {
    this.#parts = parts;
  }

  /**
   * Of the disks at the LUN of volume `wwid`, removes those that were another one's by the kernel's memory or are another
   * one's by the array's word.
   */
  async clear(present: readonly Disk[], wwid: string, place: Place): Promise<void> {
    await this.rescan(present);
    const after = await listDisks(this.#parts.fs);
    const names = present.map(({ name }) => name);
    for (const before of present) {
      const { name } = before;
      const users = await this.#usersOf(before);
      const others = users.filter(user => user !== `mpath-${wwid}`);
      const isOurs = [before, after.find(disk => disk.name === name)].every(disk => disk?.wwid === wwid);
      if (isOurs && others.length === 0) continue;
      // multipathd may have been quick to make it a path of our map, by its new identity.
      const mayGo = (place.isScannedByKernel || others.length === 0) && !(await this.#areInUse(others));
      const isFree = mayGo && !(await this.#wouldLoseMap(users, names));
      const left = isFree ? await this.#takeOut(before, others) : users;
      if (left.length > 0) throw staleInUse(before, wwid, place, left, isFree);
      await this.#remove(before, `Removing stale device ${name} at LUN ${place.lun}.`);
    }
  }

  /** Takes disks that have the volume's identity at a LUN where it is no longer out of its map, and away. */
  async dropMisplaced(disks: readonly Disk[], wwid: string, place: Place): Promise<void> {
    const names = disks.map(({ name }) => name);
    for (const disk of disks) {
      const users = await this.#usersOf(disk);
      const left = (await this.#wouldLoseMap(users, names)) ? users : await this.#takeOut(disk, []);
      if (left.length > 0) throw misplacedInUse(disk, wwid, place, left);
      await this.#remove(disk, `Removing ${disk.name}, which was volume ${wwid} at another LUN (${disk.address}).`);
    }
  }

  /** The kernel reads identity and capacity again from the array (`scsi_rescan_device`): cached pages may be another volume's. */
  async rescan(disks: readonly Disk[]): Promise<void> {
    await Promise.all(disks.map(disk => this.#writeTo(disk, 'rescan')));
  }

  async #remove(disk: Disk, message: string): Promise<void> {
    if (!(await isStillThere(this.#parts.fs, disk))) return;
    this.#parts.logger.warn({ device: disk.name }, message);
    await this.#writeTo(disk, 'delete');
  }

  async #writeTo(disk: Disk, attribute: 'rescan' | 'delete'): Promise<void> {
    try {
      await this.#parts.fs.writeText(`/sys/block/${disk.name}/device/${attribute}`, '1');
    } catch (error) {
      // A path may vanish or be down at this moment; what is left is compared afterwards.
      this.#parts.logger.debug({ device: disk.name }, `${attribute} failed: ${PsoError.from(error).message}`);
    }
  }

  /**
   * Out of its map; who uses it still. `free`: maps that nobody uses, which end with their last path. One that has no path
   * and queues would hold up whoever looks at it, udev for one, and could not be removed meanwhile. While this waits, the
   * disk may go by itself (a link that stays away), and its name to another volume's.
   */
  async #takeOut(disk: Disk, free: readonly string[]): Promise<readonly string[]> {
    const isOut = await waitUntil(this.#parts.clock, { timeoutMs: TAKE_OUT_MS, everyMs: 200 }, async () => {
      for (const user of free) await this.#stopQueueing(user);
      if (await isStillThere(this.#parts.fs, disk)) await this.#parts.multipath.removePath(disk.name);
      const users = await this.#usersOf(disk);
      const areGone = await Promise.all(free.map(user => this.#isEnded(user)));
      return users.length === 0 && areGone.every(isGone => isGone) ? true : null;
    });
    return isOut ? [] : [...new Set([...(await this.#usersOf(disk)), ...free])];
  }

  async #stopQueueing(user: string): Promise<void> {
    const map = await this.#mapOf(user);
    if (map) await this.#parts.multipath.stopQueueing(map);
  }

  /** Whether a map has other paths or is gone. While udev looks at it, its last path goes without it. */
  async #isEnded(user: string): Promise<boolean> {
    const map = await this.#mapOf(user);
    if (map?.slaves.length !== 0) return true;
    await this.#parts.multipath.remove(map);
    return (await this.#mapOf(user)) === null;
  }

  async #areInUse(users: readonly string[]): Promise<boolean> {
    return (await Promise.all(users.map(user => this.#isInUse(user)))).includes(true);
  }

  /** A map that is mounted, built upon or staged as a raw volume; what is no map is somebody's. */
  async #isInUse(user: string): Promise<boolean> {
    const notes = await this.#parts.notes.all();
    return notes.some(({ wwid }) => user === `mpath-${wwid}`) || this.#isMounted(user);
  }

  /** Whether a map that is mounted or built upon would have no path without these disks: it would go, and its number to another one. */
  async #wouldLoseMap(users: readonly string[], disks: readonly string[]): Promise<boolean> {
    for (const user of users) {
      const slaves = (await this.#mapOf(user))?.slaves ?? [];
      if (slaves.every(slave => disks.includes(slave)) && (await this.#isMounted(user))) return true;
    }
    return false;
  }

  async #isMounted(user: string): Promise<boolean> {
    if (!user.startsWith('mpath-')) return true;
    const [map, mounts] = await Promise.all([this.#mapOf(user), readMounts(this.#parts.fs)]);
    if (map === null) return false;
    const isSeen =
      map.holders.length > 0 || mounts.some(({ device, root }) => device === map.number || root === `/${map.device}`);
    // What the node mounts outside of the kubelet's directory is not among the mounts that a container sees.
    return isSeen || this.#parts.fs.isClaimed(devicePath(map.device));
  }

  async #mapOf(user: string): Promise<MultipathMap | null> {
    return user.startsWith('mpath-') ? mapOf(this.#parts.fs, user.slice('mpath-'.length)) : null;
  }

  /** Maps above a disk by their UUID, other holders by name, and where the disk itself is mounted. */
  async #usersOf(disk: Disk): Promise<readonly string[]> {
    const { fs } = this.#parts;
    const { name } = disk;
    if (!(await isStillThere(fs, disk))) return [];
    const holders = await fs.list(`/sys/block/${name}/holders`);
    const [number, mounts, ...uuids] = await Promise.all([
      readAttribute(fs, `/sys/block/${name}/dev`),
      readMounts(fs),
      ...holders.map(holder => mapUuid(fs, holder)),
    ]);
    const paths = mounts.filter(({ device }) => device === number).map(({ path }) => path);
    return [...holders.map((holder, index) => uuids[index] ?? holder), ...paths];
  }
}

/** `isFree`: nothing but multipathd itself holds it, so the next try may find it gone. */
const staleInUse = (
  disk: Disk,
  wwid: string,
  { lun, target }: Place,
  users: readonly string[],
  isFree: boolean,
): PsoError =>
  new PsoError(
    'device-in-use',
    `LUN ${lun} of ${target} is device ${disk.name} with WWID ${disk.wwid ?? 'unknown'}, expected ${wwid}; it is in use by ${users.join(', ')}.`,
    'Remove that old map on the node (multipath -f) once nothing uses it; this driver touches no foreign device.',
    { finality: isFree ? 'in-doubt' : 'final' },
  );

const misplacedInUse = (disk: Disk, wwid: string, { lun, target }: Place, users: readonly string[]): PsoError =>
  new PsoError(
    'device-in-use',
    `Volume ${wwid} is at LUN ${lun} of ${target} now, but device ${disk.name} at ${disk.address} still has its identity and is in use by ${users.join(', ')}.`,
    'Unmount it on the node, then remove the old map (multipath -f) and delete the device; nothing was written.',
    { finality: 'in-doubt' },
  );
