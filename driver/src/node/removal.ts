import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import { devicePath, disksOf, isStillThere, listDisks, mapOf, mapUuid, readAttribute } from './block-devices.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import type { IscsiLogin } from './iscsi-login.ts';
import { listSessions } from './iscsi-sessions.ts';
import { readMounts } from './mount-table.ts';
import type { Multipath } from './multipath.ts';
import type { KeyedMutex } from './semaphore.ts';
import { runTool } from './tool-runner.ts';
import { waitUntil } from './wait-until.ts';

export interface RemovalParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly login: IscsiLogin;
  readonly multipath: Multipath;
  readonly targets: KeyedMutex;
}

const FLUSH_TIMEOUT_MS = 60_000;
const GONE_TIMEOUT_MS = 8_000;
/** Nothing may come back within this time: multipathd re-creates a map from an event that was already under way. */
const QUIET_MS = 150;

/** Takes a volume away from this node: flushed, no map, no path, no session without LUNs. Only what has its WWID is touched. */
export class Removal {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** Succeeds when nothing with this WWID is on the node, whatever was there before; repeats are free. */
  async remove(wwid: string): Promise<void> {
    const targets = await this.#targetsOf(wwid);
    const map = await mapOf(this.#parts.fs, wwid);
    if (map) await this.#flush(wwid, map);
    await this.#removeDevices(wwid);
    for (const target of targets) await this.logoutIfUnused(target);
  }

  /** Logs out of a target that has no device left here, as far as this driver logged in. */
  async logoutIfUnused(targetIqn: string): Promise<void> {
    await this.#parts.targets.run(targetIqn, async () => {
      const sessions = await listSessions(this.#parts.fs, targetIqn);
      const ids = new Set(sessions.map(session => session.id));
      const disks = await listDisks(this.#parts.fs);
      if (disks.some(disk => disk.session !== null && ids.has(disk.session))) return;
      await this.#parts.login.logout(targetIqn);
    });
  }

  async #flush(wwid: string, map: MultipathMap): Promise<void> {
    await this.#requireUnused(wwid, map);
    if (map.slaves.length === 0) await this.#parts.multipath.stopQueueing(map);
    // Not answered with success: the kubelet would let the array disconnect, and the data would be gone (F10, F11).
    await runTool(this.#parts.exec, 'blockdev', ['--flushbufs', devicePath(map.device)], {
      timeoutMs: FLUSH_TIMEOUT_MS,
      nextStep: 'Check the paths on the node with multipath -ll; it is tried again by itself.',
    });
  }

  async #requireUnused(wwid: string, map: MultipathMap): Promise<void> {
    const partitions = await this.#partitions(wwid, map);
    const foreign = map.holders.filter(holder => !partitions.has(holder));
    const numbers = [map.number, ...partitions.values()];
    const mount = (await readMounts(this.#parts.fs)).find(
      ({ device, root }) => numbers.includes(device) || root === `/${map.device}`,
    );
    const user = mount?.path ?? foreign[0];
    if (user === undefined) return;
    throw new PsoError(
      'map-in-use',
      `Volume ${wwid}: its map ${map.name} is still in use by ${user}.`,
      'Unmount it, or deactivate what was built on it (LVM, RAID), on the node.',
    );
  }

  /** kpartx maps partitions of a raw volume by itself; `name → device number`. They go with the map. */
  async #partitions(wwid: string, map: MultipathMap): Promise<ReadonlyMap<string, string>> {
    const partitions = new Map<string, string>();
    for (const holder of map.holders) {
      const uuid = await mapUuid(this.#parts.fs, holder);
      if (!uuid?.endsWith(`-mpath-${wwid}`) || !uuid.startsWith('part')) continue;
      partitions.set(holder, (await readAttribute(this.#parts.fs, `/sys/block/${holder}/dev`)) ?? '');
    }
    return partitions;
  }

  /**
   * multipathd may see a path's last events after the map went and build it anew (1 of 4 in a naive order). So paths are
   * deleted at once after the map, and both are looked for again until nothing has come back for a while.
   */
  async #removeDevices(wwid: string): Promise<void> {
    const isQuiet = await waitUntil(this.#parts.clock, { timeoutMs: GONE_TIMEOUT_MS, everyMs: 50 }, async () => {
      if (!(await this.#removeOnce(wwid))) return null;
      await this.#parts.clock.sleep(QUIET_MS);
      return (await this.#isGone(wwid)) ? true : null;
    });
    if (isQuiet) return;
    const [map, disks] = await Promise.all([mapOf(this.#parts.fs, wwid), disksOf(this.#parts.fs, wwid)]);
    const left = [...(map ? [map.device] : []), ...disks.map(({ name }) => name)].join(', ');
    throw new PsoError(
      'device-not-removed',
      `Volume ${wwid}: ${left} could not be removed from the node.`,
      'Check with multipath -ll and lsof what holds it; it is tried again by itself.',
      { finality: 'in-doubt' },
    );
  }

  /** True when there was nothing, so that a quick second look proves quiet. */
  async #removeOnce(wwid: string): Promise<boolean> {
    const map = await mapOf(this.#parts.fs, wwid);
    if (map) await this.#parts.multipath.remove(map);
    const disks = await disksOf(this.#parts.fs, wwid);
    // A path goes only when its map went: deleting below a map in use would lose writes.
    if ((await mapOf(this.#parts.fs, wwid)) === null) {
      await Promise.all(disks.map(disk => this.#deleteDisk(disk)));
    }
    return this.#isGone(wwid);
  }

  async #isGone(wwid: string): Promise<boolean> {
    const [map, disks] = await Promise.all([mapOf(this.#parts.fs, wwid), disksOf(this.#parts.fs, wwid)]);
    return map === null && disks.length === 0;
  }

  async #deleteDisk(disk: Disk): Promise<void> {
    const { name } = disk;
    try {
      if (!(await isStillThere(this.#parts.fs, disk))) return;
      await this.#parts.fs.writeText(`/sys/block/${name}/device/delete`, '1');
    } catch (error) {
      this.#parts.logger.debug({ device: name }, `delete failed: ${PsoError.from(error).message}`);
    }
  }

  async #targetsOf(wwid: string): Promise<readonly string[]> {
    const sessions = new Set((await disksOf(this.#parts.fs, wwid)).map(disk => disk.session));
    const names = await Promise.all(
      [...sessions]
        .filter(session => session !== null)
        .map(session => readAttribute(this.#parts.fs, `/sys/class/iscsi_session/session${session}/targetname`)),
    );
    return [...new Set(names.filter(name => name !== null))];
  }
}
