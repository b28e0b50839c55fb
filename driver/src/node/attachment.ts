import { formatBytes } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import { iscsiTargets, type IscsiPublishContext, type IscsiTarget } from '../domain/publish-context.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import { disksOf, listDisks, mapOf, mapUuid, readAttribute } from './block-devices.ts';
import type { HostFs } from './host-fs.ts';
import type { IscsiLogin } from './iscsi-login.ts';
import type { Session } from './iscsi-sessions.ts';
import { lunAddresses, scanLun } from './iscsi-sessions.ts';
import { readMounts } from './mount-table.ts';
import type { Multipath } from './multipath.ts';
import type { KeyedMutex } from './semaphore.ts';
import { waitUntil } from './wait-until.ts';

export interface AttachmentParts {
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly login: IscsiLogin;
  readonly multipath: Multipath;
  /** By target IQN: a scan and the last LUN's logout never overlap. */
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

/** Where one array has a volume. */
type IscsiLun = IscsiTarget & Pick<IscsiPublishContext, 'wwid'>;

const DISK_TIMEOUT_MS = 10_000;
const MAP_TIMEOUT_MS = 15_000;

/** Brings a volume's paths and its multipath map to this node. The WWID alone selects: LUN numbers are reused (F7). */
export class Attachment {
  readonly #parts: AttachmentParts;

  constructor(parts: AttachmentParts) {
    this.#parts = parts;
  }

  async attach(context: IscsiPublishContext): Promise<AttachedDevice> {
    const { wwid } = context;
    const targets = iscsiTargets(context);
    const outcomes = await Promise.allSettled(targets.map(target => this.#attachFrom({ ...target, wwid })));
    const disks = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : []));
    this.#tolerate(outcomes, disks.length > 0);
    await this.#parts.multipath.waitForMap(
      wwid,
      disks.map(disk => disk.name),
      MAP_TIMEOUT_MS,
    );
    const expectedPaths = targets.reduce((sum, { portals }) => sum + portals.length, 0);
    return this.verify(wwid, expectedPaths, disks);
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

  /** The kernel reads identity and capacity again from the array (`scsi_rescan_device`): cached pages may be another volume's. */
  async rescan(disks: readonly Disk[]): Promise<void> {
    await Promise.all(disks.map(disk => this.#writeToDisk(disk, 'rescan')));
  }

  /** The paths to one array. */
  #attachFrom(context: IscsiLun): Promise<readonly Disk[]> {
    return this.#parts.targets.run(context.targetIqn, async () => {
      const sessions = await this.#parts.login.ensure(context.targetIqn, context.portals);
      const disks = await listDisks(this.#parts.fs);
      await Promise.all(sessions.map(session => this.#scan(session, context, disks)));
      return this.#waitForDisks(sessions, context);
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

  async #writeToDisk(disk: Disk, attribute: 'rescan' | 'delete'): Promise<void> {
    try {
      await this.#parts.fs.writeText(`/sys/block/${disk.name}/device/${attribute}`, '1');
    } catch (error) {
      // A path may vanish or be down at this moment; what is left is compared afterwards.
      this.#parts.logger.debug({ device: disk.name }, `${attribute} failed: ${PsoError.from(error).message}`);
    }
  }

  async #scan(session: Session, context: IscsiLun, disks: readonly Disk[]): Promise<void> {
    const addresses = lunAddresses(session, context.lun);
    const present = disks.filter(disk => addresses.includes(disk.address));
    if (present.length > 0) await this.#clearStale(present, context);
    const left = present.length > 0 ? await listDisks(this.#parts.fs) : disks;
    const isThere = left.some(disk => disk.session === session.id && disk.wwid === context.wwid);
    if (!isThere) await scanLun(this.#parts.fs, session, context.lun);
  }

  /**
   * What stood at our LUN as another volume, by the kernel's memory or by the array's word, is a leftover: removed if nobody
   * uses it, refused otherwise. Its map would write to the volume that has the LUN now.
   */
  async #clearStale(present: readonly Disk[], context: IscsiLun): Promise<void> {
    await this.rescan(present);
    const after = await listDisks(this.#parts.fs);
    for (const before of present) {
      const { name } = before;
      const users = await this.#usersOf(name);
      const isOurs = [before, after.find(disk => disk.name === name)].every(disk => disk?.wwid === context.wwid);
      if (isOurs && users.every(user => user === `mpath-${context.wwid}`)) continue;
      if (users.length > 0) throw staleInUse(before, context, users);
      this.#parts.logger.warn({ device: name }, `Removing stale device ${name} at LUN ${context.lun}.`);
      await this.#writeToDisk(before, 'delete');
    }
  }

  /** Maps above a disk by their UUID, other holders by name, and where the disk itself is mounted. */
  async #usersOf(name: string): Promise<readonly string[]> {
    const { fs } = this.#parts;
    const holders = await fs.list(`/sys/block/${name}/holders`);
    const [number, mounts, ...uuids] = await Promise.all([
      readAttribute(fs, `/sys/block/${name}/dev`),
      readMounts(fs),
      ...holders.map(holder => mapUuid(fs, holder)),
    ]);
    const paths = mounts.filter(({ device }) => device === number).map(({ path }) => path);
    return [...holders.map((holder, index) => uuids[index] ?? holder), ...paths];
  }

  async #waitForDisks(sessions: readonly Session[], context: IscsiLun): Promise<readonly Disk[]> {
    const ids = new Set(sessions.map(session => session.id));
    const ours = async () =>
      (await disksOf(this.#parts.fs, context.wwid)).filter(disk => disk.session !== null && ids.has(disk.session));
    const complete = await waitUntil(this.#parts.clock, { timeoutMs: DISK_TIMEOUT_MS, everyMs: 20 }, async () => {
      const disks = await ours();
      return disks.length >= sessions.length ? disks : null;
    });
    const found = complete ?? (await ours());
    if (found.length > 0) return found;
    throw new PsoError(
      'no-device',
      `Volume ${context.wwid}: no device at LUN ${context.lun} of target ${context.targetIqn} on ${sessions.length} sessions.`,
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

const staleInUse = (disk: Disk, context: IscsiLun, users: readonly string[]): PsoError =>
  new PsoError(
    'device-in-use',
    `LUN ${context.lun} of ${context.targetIqn} is device ${disk.name} with WWID ${disk.wwid ?? 'unknown'}, expected ${context.wwid}; it is in use by ${users.join(', ')}.`,
    'Remove that old map on the node (multipath -f) once nothing uses it; this driver touches no foreign device.',
  );
