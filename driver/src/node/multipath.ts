import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { MultipathMap } from './block-devices.ts';
import { mapOf } from './block-devices.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import { waitUntil } from './wait-until.ts';

const COMMAND_TIMEOUT_MS = 15_000;
/** Each look costs some reads of sysfs, on the processor that udev and multipathd need at this moment. */
const LOOK_EVERY_MS = 40;
const DAEMON_HINT =
  'Check that multipathd runs on the node (systemctl status multipathd) and that /etc/multipath.conf does not blacklist PURE FlashArray.';

export interface MultipathParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
}

/** Talks to the node's multipathd; what is true is read from sysfs afterwards. */
export class Multipath {
  readonly #parts: MultipathParts;

  constructor(parts: MultipathParts) {
    this.#parts = parts;
  }

  /** Waits for the map of a volume with at least one path; nudges multipathd when udev did not. */
  async waitForMap(wwid: string, disks: readonly string[], timeoutMs: number): Promise<MultipathMap> {
    const map = await this.#look(wwid, disks, timeoutMs, 1);
    if (map) return map;
    throw new PsoError(
      'no-multipath-map',
      `Volume ${wwid}: paths ${disks.join(', ')} are there, but after ${Math.round(timeoutMs / 1000)} s there is no multipath map.`,
      DAEMON_HINT,
      { finality: 'in-doubt' },
    );
  }

  /** Waits until all paths are in the map; false when some are not, and the volume works with the others. */
  async waitForAllPaths(wwid: string, disks: readonly string[], timeoutMs: number): Promise<boolean> {
    return (await this.#look(wwid, disks, timeoutMs, disks.length)) !== null;
  }

  /** Takes over the grown size of the paths. multipathd's word is checked by the caller through sysfs. */
  async resize(map: MultipathMap): Promise<void> {
    if (await this.#command('resize', 'map', map.name)) return;
    throw new PsoError(
      'map-not-resized',
      `multipathd could not resize map ${map.name}: it answered "fail".`,
      'Check multipathd show paths: each path needs the new size and has to be active.',
      { finality: 'in-doubt' },
    );
  }

  /** Ends the queueing of a map that has no path left: otherwise its flush would wait for ever. */
  async stopQueueing(map: MultipathMap): Promise<void> {
    await this.#command('disablequeueing', 'map', map.name);
  }

  /** Asks multipathd to give up the map; when it is unreachable, `multipath -f` does it alone. */
  async remove(map: MultipathMap): Promise<void> {
    if (await this.#command('del', 'map', map.name)) return;
    await this.#parts.exec.run('multipath', ['-f', map.name], { timeoutMs: COMMAND_TIMEOUT_MS });
  }

  /** Takes one disk out of its map; the map goes with its last one. What came of it is read from sysfs. */
  async removePath(disk: string): Promise<void> {
    await this.#command('del', 'path', disk);
  }

  async #look(wwid: string, disks: readonly string[], timeoutMs: number, paths: number): Promise<MultipathMap | null> {
    const wait = { timeoutMs: timeoutMs / 2, everyMs: LOOK_EVERY_MS };
    const look = async () => {
      if (!(await this.#hasMap(disks))) return null;
      const map = await mapOf(this.#parts.fs, wwid);
      const found = map?.slaves.filter(slave => disks.includes(slave)) ?? [];
      return map !== null && map.bytes > 0 && found.length >= paths ? map : null;
    };
    const byItself = await waitUntil(this.#parts.clock, wait, look);
    if (byItself) return byItself;
    for (const disk of disks) await this.#command('add', 'path', disk);
    return waitUntil(this.#parts.clock, wait, look);
  }

  /** Cheap however many volumes the node has. */
  async #hasMap(disks: readonly string[]): Promise<boolean> {
    const holders = await Promise.all(disks.map(disk => this.#parts.fs.list(`/sys/block/${disk}/holders`)));
    return holders.some(names => names.length > 0);
  }

  /** True when multipathd said `ok`. Old versions exit 0 also when they answer `fail`. */
  async #command(...words: readonly string[]): Promise<boolean> {
    const result = await this.#parts.exec.run('multipathd', words, { timeoutMs: COMMAND_TIMEOUT_MS });
    return result.code === 0 && result.stdout.trim() === 'ok';
  }
}
