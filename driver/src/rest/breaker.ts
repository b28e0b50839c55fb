import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { RestError } from './rest-error.ts';

const FAILURES_TO_OPEN = 5;
const FIRST_OPEN_MS = 2_000;
const MAX_OPEN_MS = 30_000;

/**
 * Spares everybody the wait for an array that does not answer. Opens after failures in a row; then one call at a time
 * probes, and the time between probes doubles. Any answer at all closes it.
 */
export class Breaker {
  readonly #array: string;
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #openMs = 0;
  #openUntilMs = 0;
  #isProbing = false;
  #last: RestError | null = null;

  constructor(array: string, clock: Clock, random: Random) {
    this.#array = array;
    this.#clock = clock;
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#openMs > 0;
  }

  /** Throws while open: asked before queueing, so that nobody waits for a refusal. */
  check(): void {
    if (this.#openMs === 0) return;
    const waitMs = this.#openUntilMs - this.#clock.nowMs();
    if (waitMs > 0 || this.#isProbing) throw this.#refusal(waitMs);
  }

  /** As `check`, right before sending; then the caller reports `answered`, `failed` or `abandoned`, once. */
  admit(): void {
    this.check();
    this.#isProbing = this.#openMs > 0;
  }

  answered(): void {
    this.#failures = 0;
    this.#openMs = 0;
    this.#isProbing = false;
    this.#last = null;
  }

  failed(error: RestError): void {
    this.#failures += 1;
    this.#last = error;
    const wasProbe = this.#isProbing;
    this.#isProbing = false;
    if (this.#openMs > 0 && !wasProbe) return;
    if (!wasProbe && this.#failures < FAILURES_TO_OPEN) return;
    this.#openMs = wasProbe ? Math.min(this.#openMs * 2, MAX_OPEN_MS) : FIRST_OPEN_MS;
    this.#openUntilMs = this.#clock.nowMs() + this.#openMs * (0.75 + this.#random() * 0.5);
  }

  /** The call ended without news of the array, e.g. the caller gave up. */
  abandoned(): void {
    this.#isProbing = false;
  }

  #refusal(waitMs: number): RestError {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return new RestError(
      'unreachable',
      `Array ${this.#array} did not answer ${this.#failures} times in a row and is left alone for ${seconds} s. ` +
        `Last: ${this.#last?.message ?? 'no answer.'}`,
      this.#last?.nextStep ?? '',
      { cause: this.#last },
    );
  }
}
