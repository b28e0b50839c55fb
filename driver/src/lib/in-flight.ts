/**
 * Runs one operation a key at a time: a second call with the same arguments joins the running one, with others it gets
 * what `conflict` makes. Nothing is kept after the answer.
 */
export class InFlight {
  readonly #running = new Map<string, { readonly args: string; readonly result: Promise<unknown> }>();
  readonly #conflict: (key: string) => Error;

  constructor(conflict: (key: string) => Error) {
    this.#conflict = conflict;
  }

  async run<Result>(key: string, args: string, operation: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key);
    if (running) {
      if (running.args !== args) throw this.#conflict(key);
      return running.result as Promise<Result>;
    }
    const result = operation().finally(() => this.#running.delete(key));
    this.#running.set(key, { args, result });
    return result;
  }
}
