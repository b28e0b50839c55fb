import type { Clock } from '../../driver/src/lib/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Lets everything that is already settled run, promise chains included. */
export const settle = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

/** Time that moves only by `advance`; sleepers wake in order, and what they start runs before time goes on. */
export class ManualClock implements Clock {
  #nowMs = 1_000;
  readonly #sleepers = new Set<Sleeper>();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', give);
          resolve();
        },
      };
      if (signal?.aborted === true) {
        give();
        return;
      }
      signal?.addEventListener('abort', give, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = [...this.#sleepers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#sleepers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}
