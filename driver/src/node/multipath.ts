import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { MultipathMap } from './block-devices.ts';
import { mapOf } from './block-devices.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import { waitUntil } from './wait-until.ts';

const COMMAND_TIMEOUT_MS = 15_000;
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

  /** Waits for the map of a volume with all of `disks` below it; nudges multipathd when udev did not. */
  async waitForMap(wwid: string, disks: readonly string[], timeoutMs: number): Promise<MultipathMap> {
    const complete = await this.#lookForMap(wwid, disks, timeoutMs / 3);
    if (complete) return complete;
    for (const disk of disks) await this.#command('add', 'path', disk);
    const later = await this.#lookForMap(wwid, disks, (timeoutMs * 2) / 3);
    if (later) return later;
    const map = await mapOf(this.#parts.fs, wwid);
    const has = map === null ? 'there is no map' : `the map has only ${map.slaves.join(', ')}`;
    throw new PsoError(
      'unavailable',
      `Volume ${wwid}: paths ${disks.join(', ')} are there, but after ${Math.round(timeoutMs / 1000)} s ${has}.`,
      DAEMON_HINT,
      { finality: 'in-doubt' },
    );
  }

  /** Takes over the grown size of the paths. multipathd's word is checked by the caller through sysfs. */
  async resize(map: MultipathMap): Promise<void> {
    if (await this.#command('resize', 'map', map.name)) return;
    throw new PsoError(
      'unavailable',
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

  async #lookForMap(wwid: string, disks: readonly string[], timeoutMs: number): Promise<MultipathMap | null> {
    return waitUntil(this.#parts.clock, { timeoutMs, everyMs: 25 }, async () => {
      const map = await mapOf(this.#parts.fs, wwid);
      return map !== null && map.bytes > 0 && disks.every(disk => map.slaves.includes(disk)) ? map : null;
    });
  }

  /** True when multipathd said `ok`. Old versions exit 0 also when they answer `fail`. */
  async #command(...words: readonly string[]): Promise<boolean> {
    const result = await this.#parts.exec.run('multipathd', words, { timeoutMs: COMMAND_TIMEOUT_MS });
    return result.code === 0 && result.stdout.trim() === 'ok';
  }
}
