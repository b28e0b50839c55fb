import type { Clock } from '../lib/clock.ts';

export interface ReservedSum {
  readonly bytes: number;
  readonly volumes: number;
}

interface Entry {
  readonly endpoint: string;
  readonly bytes: number;
  untilMs: number;
  isLive: boolean;
}

/** A volume fills for hours, but what it promised is worth most while many are placed on figures of the last minute. */
const SETTLE_MS = 15 * 60_000;

/** What was promised to arrays and their figures do not show yet. Hints only: lost at a restart, doubled by a second replica. */
export class Reservations {
  readonly #clock: Clock;
  readonly #sums = new Map<string, ReservedSum>();
  #entries: Entry[] = [];
  #snapshot: Readonly<Record<string, ReservedSum>> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  reserve(endpoint: string, bytes: number): Reservation {
    const entry: Entry = { endpoint, bytes, untilMs: Infinity, isLive: true };
    this.#add(entry, 1);
    return {
      cancel: () => this.#drop(entry),
      settle: () => {
        entry.untilMs = this.#clock.nowMs() + SETTLE_MS;
        this.#entries.push(entry);
      },
    };
  }

  /** By endpoint; a value that later reservations do not change. */
  sums(): Readonly<Record<string, ReservedSum>> {
    this.#expire();
    this.#snapshot ??= Object.freeze(Object.fromEntries(this.#sums));
    return this.#snapshot;
  }

  #expire(): void {
    const nowMs = this.#clock.nowMs();
    const keep = this.#entries.findIndex(({ untilMs }) => untilMs > nowMs);
    const expired = this.#entries.slice(0, keep < 0 ? this.#entries.length : keep);
    if (expired.length === 0) return;
    this.#entries = this.#entries.slice(expired.length);
    for (const entry of expired) this.#drop(entry);
  }

  #drop(entry: Entry): void {
    if (!entry.isLive) return;
    entry.isLive = false;
    this.#add(entry, -1);
  }

  #add({ endpoint, bytes }: Entry, sign: 1 | -1): void {
    const before = this.#sums.get(endpoint) ?? { bytes: 0, volumes: 0 };
    const after = { bytes: before.bytes + sign * bytes, volumes: before.volumes + sign };
    if (after.volumes === 0) this.#sums.delete(endpoint);
    else this.#sums.set(endpoint, after);
    this.#snapshot = null;
  }
}

export interface Reservation {
  /** The volume was not made. */
  cancel(): void;
  /** The volume was made: the array's own figures take over after a while. */
  settle(): void;
}
