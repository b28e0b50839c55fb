export type Lane = 'heavy' | 'light' | 'fetch' | 'apt';

/** Runs at most so many tasks of a lane at once, in the order they came; `apt` is always one, dpkg has one lock. */
export class Lanes {
  private readonly free: Map<Lane, number>;
  private readonly waiting = new Map<Lane, (() => void)[]>();
  private failure: { readonly cause: unknown } | undefined;

  constructor(widths: Readonly<Record<Exclude<Lane, 'apt'>, number>>) {
    this.free = new Map<Lane, number>([...(Object.entries(widths) as [Lane, number][]), ['apt', 1]]);
  }

  /** After the first failure what waits is refused with its cause; what runs goes on to its end. */
  async run<T>(lane: Lane, task: () => T | Promise<T>): Promise<T> {
    await this.enter(lane);
    try {
      if (this.failure !== undefined) throw this.failure.cause;
      return await task();
    } catch (cause) {
      this.failure ??= { cause };
      throw cause;
    } finally {
      this.leave(lane);
    }
  }

  private enter(lane: Lane): Promise<void> {
    const free = this.free.get(lane) ?? 1;
    if (free > 0) {
      this.free.set(lane, free - 1);
      return Promise.resolve();
    }
    const queue = this.waiting.get(lane) ?? [];
    this.waiting.set(lane, queue);
    return new Promise(resolve => queue.push(resolve));
  }

  private leave(lane: Lane): void {
    const next = this.waiting.get(lane)?.shift();
    if (next === undefined) this.free.set(lane, (this.free.get(lane) ?? 0) + 1);
    else next();
  }
}
