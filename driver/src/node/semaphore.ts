/** At most `limit` pieces of work at once, the others wait in order. With limit 1 it is a mutex. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** A mutex for each key; kept for good, as keys are few (targets, portals). */
export class KeyedMutex {
  readonly #mutexes = new Map<string, Semaphore>();

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const mutex = this.#mutexes.get(key) ?? new Semaphore(1);
    this.#mutexes.set(key, mutex);
    return mutex.run(work);
  }
}
