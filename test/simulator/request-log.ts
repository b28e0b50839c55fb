export interface LoggedRequest {
  /** Array time, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly method: string;
  /** With query. Headers and bodies are not kept: they hold secrets. */
  readonly url: string;
  /** 0: the connection was reset instead. */
  readonly status: number;
  readonly fault: string | null;
}

/** Calls of one array: the newest in full, all of them counted. */
export class RequestLog {
  readonly #limit: number;
  #entries: LoggedRequest[] = [];
  /** By method and resource, e.g. `POST volumes` → 3. */
  readonly counters = new Map<string, number>();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  add(entry: LoggedRequest): void {
    const resource = entry.url.replace(/^\/api\/(?:2\.latest\/|[\d.]+\/)?/, '').replace(/\?.*$/, '');
    const key = `${entry.method} ${resource}`;
    this.counters.set(key, (this.counters.get(key) ?? 0) + 1);
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit * 1.5) this.#entries = this.#entries.slice(-this.#limit);
  }

  entries(): readonly LoggedRequest[] {
    return this.#entries.slice(-this.#limit);
  }

  /** Calls of all kinds. */
  total(): number {
    let sum = 0;
    for (const count of this.counters.values()) sum += count;
    return sum;
  }

  clear(): void {
    this.#entries = [];
    this.counters.clear();
  }
}
