import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';

/** From the start of one check to that of the next: wrong tokens in a row may lock an account of the array. */
const GAP_MS = 2000;

/** One check at a time, and seldom. */
export class Turns {
  readonly #clock: Clock;
  #isTaken = false;
  #freeAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take<Result>(task: () => Promise<Result>): Promise<Result> {
    const nowMs = this.#clock.nowMs();
    if (this.#isTaken || nowMs < this.#freeAtMs) {
      throw new PsoError('array-check-busy', 'Another array is being checked.', 'Ask again in some seconds.');
    }
    this.#isTaken = true;
    this.#freeAtMs = nowMs + GAP_MS;
    try {
      return await task();
    } finally {
      this.#isTaken = false;
    }
  }
}
