/** The simulated array's time: real, virtual, or another clock's, and always able to jump ahead. */
export class SimClock {
  readonly #source: () => number;
  #offsetMs = 0;

  /** `source` gives milliseconds since the epoch. */
  constructor(source: () => number) {
    this.#source = source;
  }

  static real(): SimClock {
    return new SimClock(() => Date.now());
  }

  /** Stands still unless advanced. */
  static virtual(startMs: number): SimClock {
    return new SimClock(() => startMs);
  }

  nowMs(): number {
    return this.#source() + this.#offsetMs;
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }
}
