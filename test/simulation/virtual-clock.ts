import type { Clock } from '../../driver/src/lib/clock.ts';

interface Event {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Lets every promise that can go on do so; the code under test waits for nothing but promises. */
const drain = (): Promise<void> =>
  new Promise(resolve => {
    setImmediate(resolve);
  });

/** Time of a simulated world: events run one by one, in the order of their times, and time jumps from one to the next. */
export class VirtualClock implements Clock {
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #orders = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  /** Runs `action` in `ms`; the returned function calls it off. */
  after(ms: number, action: () => void): () => void {
    const event: Event = { atMs: this.#nowMs + Math.max(0, ms), order: (this.#orders += 1), run: action };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const give = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', give);
        resolve();
      });
      signal?.addEventListener('abort', give, { once: true });
    });
  }

  /** Runs events until `isOver`, or none is left, or `limitMs` is reached; says whether `isOver` came. */
  async run(isOver: () => boolean, limitMs: number): Promise<boolean> {
    await drain();
    while (!isOver()) {
      const event = this.#pop();
      if (event === undefined) return false;
      if (event.run === null) continue;
      if (event.atMs > limitMs) {
        this.#push(event);
        this.#nowMs = limitMs;
        return false;
      }
      this.#nowMs = event.atMs;
      event.run();
      await drain();
    }
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, event)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
    return top;
  }
}
