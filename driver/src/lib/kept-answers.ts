import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

interface Entry<Value> {
  readonly answer: Promise<Value>;
  /** Null: it is on its way. */
  doneMs: number | null;
}

/** Answers by key, shared while they are on their way and for a while after. */
export class KeptAnswers<Value> {
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #entries: BoundedMap<Entry<Value>>;

  constructor(clock: Clock, limits: { readonly freshMs: number; readonly maxEntries: number }) {
    this.#clock = clock;
    this.#freshMs = limits.freshMs;
    this.#entries = new BoundedMap(limits.maxEntries);
  }

  /** In the order of `keys`. `read` gets those that are not known, all at once, and must answer each; it never fails. */
  async ask(
    keys: readonly string[],
    read: (missing: readonly string[]) => Promise<(key: string) => Value>,
  ): Promise<readonly Value[]> {
    const entries = new Map(keys.map(key => [key, this.#fresh(key)]));
    const missing = [...entries].flatMap(([key, entry]) => (entry ? [] : [key]));
    if (missing.length > 0) {
      const answers = read(missing);
      for (const key of missing) entries.set(key, this.#keep(key, answers));
    }
    return await Promise.all(keys.flatMap(key => entries.get(key)?.answer ?? []));
  }

  #fresh(key: string): Entry<Value> | null {
    const entry = this.#entries.get(key);
    const isFresh = entry && (entry.doneMs === null || this.#clock.nowMs() - entry.doneMs < this.#freshMs);
    return isFresh ? entry : null;
  }

  #keep(key: string, answers: Promise<(key: string) => Value>): Entry<Value> {
    const answer = answers
      .then(answerOf => answerOf(key))
      .finally(() => {
        entry.doneMs = this.#clock.nowMs();
      });
    const entry: Entry<Value> = { answer, doneMs: null };
    this.#entries.set(key, entry);
    return entry;
  }
}
