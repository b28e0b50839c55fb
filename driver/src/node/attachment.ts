import { formatBytes } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import { disksOf, listDisks, mapOf } from './block-devices.ts';
import type { HostFs } from './host-fs.ts';
import { Leftovers } from './leftovers.ts';
import type { Multipath } from './multipath.ts';
import type { ScsiPath } from './scsi-path.ts';
import { lunAddresses, scanLun } from './scsi-path.ts';
import type { ScsiWay } from './scsi-way.ts';
import { isInPlace, isMisplaced } from './scsi-way.ts';
import type { KeyedMutex } from './semaphore.ts';
import type { StagingNotes } from './staging-notes.ts';
import { waitUntil } from './wait-until.ts';

export interface AttachmentParts {
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notes: StagingNotes;
  readonly multipath: Multipath;
  /** By target: a scan and the last LUN's logout never overlap. */
  readonly targets: KeyedMutex;
}

/** A volume as this node sees it, every path checked. */
export interface AttachedDevice {
  readonly wwid: string;
  readonly map: MultipathMap;
  readonly paths: readonly Disk[];
  /** Number of paths that the array offers. */
  readonly expectedPaths: number;
}

/** What one array's way gave. */
interface Arrival {
  readonly disks: readonly Disk[];
  readonly offeredPaths: number;
}

const DISK_TIMEOUT_MS = 10_000;
const MAP_TIMEOUT_MS = 15_000;

/** Brings a volume's paths and its multipath map to this node. The WWID alone selects: LUN numbers are reused (F7). */
export class Attachment {
  readonly #parts: AttachmentParts;
  readonly #leftovers: Leftovers;

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
    this.#leftovers = new Leftovers(parts);
  }

  /** `ways`: one for each array that has the volume. */
  async attach(wwid: string, ways: readonly ScsiWay[]): Promise<AttachedDevice> {
    const luns = ways.map(({ lun }) => lun);
    const outcomes = await Promise.allSettled(ways.map(way => this.#attachFrom(way, wwid, luns)));
    const arrivals = outcomes.map(outcome => (outcome.status === 'fulfilled' ? outcome.value : null));
    const disks = arrivals.flatMap(arrival => arrival?.disks ?? []);
    this.#tolerate(outcomes, disks.length > 0);
    await this.#parts.multipath.waitForMap(
      wwid,
      disks.map(disk => disk.name),
      MAP_TIMEOUT_MS,
    );
    const expectedPaths = ways.reduce((sum, way, at) => sum + (arrivals[at] ?? way).offeredPaths, 0);
    return this.#verifiedOrGrown(wwid, expectedPaths, disks);
  }

  /**
   * Follows the rest of the paths into the map, which multipathd adds one by one. Nobody waits for it, as every path was
   * checked before; with fewer paths than offered the volume works, and the log says so. Never rejects.
   */
  async complete(device: AttachedDevice): Promise<void> {
    try {
      const disks = device.paths.map(path => path.name);
      const isWhole = await this.#parts.multipath.waitForAllPaths(device.wwid, disks, MAP_TIMEOUT_MS);
      const map = await mapOf(this.#parts.fs, device.wwid);
      // Unstaged meanwhile: nothing to tell.
      if (map === null || (isWhole && map.slaves.length >= device.expectedPaths)) return;
      this.#parts.logger.warn(
        { device: map.name, paths: map.slaves.length, expected: device.expectedPaths },
        `Volume ${device.wwid} is used with ${map.slaves.length} of ${device.expectedPaths} paths.`,
      );
    } catch (error) {
      this.#parts.logger.warn({ device: device.map.name }, PsoError.from(error).sentence);
    }
  }

  /** Every path asked anew for identity and size, and the map compared with them; an error when anything differs (F8). */
  async verify(wwid: string, expectedPaths: number, known: readonly Disk[]): Promise<AttachedDevice> {
    await this.rescan(known);
    const [map, all] = await Promise.all([mapOf(this.#parts.fs, wwid), listDisks(this.#parts.fs)]);
    const paths = all.filter(disk => disk.wwid === wwid);
    if (map === null || paths.length === 0) throw gone(wwid);
    for (const slave of map.slaves) {
      const disk = all.find(({ name }) => name === slave);
      if (disk?.wwid !== wwid) throw foreignPath(wwid, map, slave, disk?.wwid ?? null);
    }
    const different = paths.find(path => path.bytes !== map.bytes);
    if (different) throw differentSize(wwid, map, different);
    return { wwid, map, paths, expectedPaths };
  }

  /** A map that the kernel's own look for LUNs left here has the size of then, and multipathd leaves it so. */
  async #verifiedOrGrown(wwid: string, expectedPaths: number, known: readonly Disk[]): Promise<AttachedDevice> {
    try {
      return await this.verify(wwid, expectedPaths, known);
    } catch (thrown) {
      const error = PsoError.from(thrown);
      if (error.id !== 'path-size-differs' || !(await this.#grow(wwid))) throw error;
      return this.verify(wwid, expectedPaths, known);
    }
  }

  /** True when all paths agreed on a larger size, which the map took over. */
  async #grow(wwid: string): Promise<boolean> {
    const [map, paths] = await Promise.all([mapOf(this.#parts.fs, wwid), disksOf(this.#parts.fs, wwid)]);
    const bytes = paths[0]?.bytes ?? 0;
    if (map === null || bytes <= map.bytes || paths.some(path => path.bytes !== bytes)) return false;
    await this.#parts.multipath.resize(map);
    return true;
  }

  rescan = (disks: readonly Disk[]): Promise<void> => this.#leftovers.rescan(disks);

  /** The paths to one array. */
  #attachFrom(way: ScsiWay, wwid: string, luns: readonly number[]): Promise<Arrival> {
    return this.#parts.targets.run(way.key, async () => {
      const { paths, offeredPaths } = await way.open();
      const disks = await this.#withoutLeftovers(paths, way, wwid, luns);
      await Promise.all(paths.map(path => this.#scan(path, way.lun, wwid, disks)));
      return { disks: await this.#waitForDisks(paths, way, wwid), offeredPaths };
    });
  }

  /** One of two arrays may be away; what was refused for good is refused, whatever the other has. */
  #tolerate(outcomes: readonly PromiseSettledResult<unknown>[], hasDisks: boolean): void {
    const failures = outcomes.flatMap(one => (one.status === 'rejected' ? [PsoError.from(one.reason)] : []));
    const [first] = failures;
    const final = failures.find(({ finality }) => finality === 'final');
    if (first && (final || !hasDisks)) throw final ?? first;
    for (const { sentence } of failures) this.#parts.logger.warn({}, sentence);
  }

  /** What is there, once nothing at the volume's places is another one's and nothing elsewhere has its identity. */
  async #withoutLeftovers(
    paths: readonly ScsiPath[],
    way: ScsiWay,
    wwid: string,
    luns: readonly number[],
  ): Promise<readonly Disk[]> {
    const disks = await listDisks(this.#parts.fs);
    const present = disks.filter(disk => isInPlace(disk, paths, way.lun));
    const misplaced = disks.filter(disk => disk.wwid === wwid && isMisplaced(disk, paths, way.lun, luns));
    if (present.length + misplaced.length === 0) return disks;
    await this.#leftovers.dropMisplaced(misplaced, wwid, way);
    await this.#leftovers.clear(present, wwid, way);
    return listDisks(this.#parts.fs);
  }

  async #scan(path: ScsiPath, lun: number, wwid: string, disks: readonly Disk[]): Promise<void> {
    const addresses = lunAddresses(path, lun);
    const isThere = disks.some(disk => disk.wwid === wwid && addresses.includes(disk.address));
    if (!isThere) await scanLun(this.#parts.fs, path, lun);
  }

  async #waitForDisks(paths: readonly ScsiPath[], way: ScsiWay, wwid: string): Promise<readonly Disk[]> {
    const { lun, target, word } = way;
    const ours = async () => (await disksOf(this.#parts.fs, wwid)).filter(disk => isInPlace(disk, paths, lun));
    const complete = await waitUntil(this.#parts.clock, { timeoutMs: DISK_TIMEOUT_MS, everyMs: 20 }, async () => {
      const disks = await ours();
      return disks.length >= paths.length ? disks : null;
    });
    const found = complete ?? (await ours());
    if (found.length > 0) return found;
    throw new PsoError(
      'no-device',
      `Volume ${wwid}: no device at LUN ${lun} of target ${target} on ${paths.length} ${word}.`,
      'Check on the array that the volume is connected to this host and that no other volume has this LUN.',
      { finality: 'in-doubt' },
    );
  }
}

const gone = (wwid: string): PsoError =>
  new PsoError(
    'devices-gone',
    `Volume ${wwid}: its devices went away while they were checked.`,
    'It is tried again by itself; look at the kernel log of the node if it stays.',
    { finality: 'in-doubt' },
  );

const foreignPath = (wwid: string, map: MultipathMap, slave: string, found: string | null): PsoError =>
  new PsoError(
    'foreign-path',
    `Volume ${wwid}: path ${slave} of map ${map.name} is ${found ?? 'a device without identity'}, a different volume.`,
    `Nothing was written. On the node: multipathd del path ${slave}, then delete the device and try again.`,
  );

const differentSize = (wwid: string, map: MultipathMap, path: Disk): PsoError =>
  new PsoError(
    'path-size-differs',
    `Volume ${wwid}: path ${path.name} has ${formatBytes(path.bytes)}, its map ${map.name} ${formatBytes(map.bytes)}.`,
    'Check multipathd show paths on the node: a path that is down keeps its old size.',
    { finality: 'in-doubt' },
  );
