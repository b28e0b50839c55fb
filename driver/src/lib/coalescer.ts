import type { Clock } from './clock.ts';

interface Waiter<Value> {
  resolve(value: Value | null): void;
  reject(error: unknown): void;
}

/** Collects single look-ups for a moment and makes one call of them. Failures reach every caller of the batch. */
export class Coalescer<Value> {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #maxBatch: number;
  readonly #load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  #waiting = new Map<string, Waiter<Value>[]>();

  constructor(
    clock: Clock,
    limits: { readonly waitMs: number; readonly maxBatch: number },
    load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  ) {
    this.#clock = clock;
    this.#waitMs = limits.waitMs;
    this.#maxBatch = limits.maxBatch;
    this.#load = load;
  }

  /** Null when the batch's answer does not hold the key. */
  get(key: string): Promise<Value | null> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(key) ?? [];
      waiters.push({ resolve, reject });
      this.#waiting.set(key, waiters);
      if (this.#waiting.size >= this.#maxBatch) void this.#flush();
      else if (this.#waiting.size === 1 && waiters.length === 1)
        void this.#clock.sleep(this.#waitMs).then(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    if (batch.size === 0) return;
    this.#waiting = new Map();
    try {
      const found = await this.#load([...batch.keys()]);
      for (const [key, waiters] of batch) for (const waiter of waiters) waiter.resolve(found.get(key) ?? null);
    } catch (error) {
      for (const waiters of batch.values()) for (const waiter of waiters) waiter.reject(error);
    }
  }
}
