import type { Clock } from '../../lib/clock.ts';

/** Time that passes only while somebody sleeps, at once; two sleepers at a time share the later end. */
export class ImmediateClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const end = this.#nowMs + ms;
    // A few turns of the event loop first, so that work which needs no time is done before a time-out.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    signal?.throwIfAborted();
    this.#nowMs = Math.max(this.#nowMs, end);
  }
}
