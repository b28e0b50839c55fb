const EVERY_MS = 500;

/** How long this machine itself stood still: what nobody can do anything about, and no program on it can do anything in. */
export class MachinePauses {
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs - EVERY_MS);
      this.#lastMs = nowMs;
    }, EVERY_MS);
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
