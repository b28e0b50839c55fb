import type { Clock } from '../lib/clock.ts';

export interface DoubtLimits {
  /** How long names are looked up before they are placed. */
  readonly windowMs: number;
  /** A pause without a create after which another process may have been the one that creates. */
  readonly gapMs: number;
}

export const DEFAULT_DOUBT: DoubtLimits = { windowMs: 60_000, gapMs: 10_000 };

/**
 * Two processes of the driver run, and each sidecar elects its own leader: after a start, or a pause, an unknown name may
 * have been created by someone else whose answer was lost. During the window the arrays are asked first.
 */
export class DoubtWindow {
  readonly #clock: Clock;
  readonly #limits: DoubtLimits;
  #untilMs: number;
  #lastCreateMs: number;

  constructor(clock: Clock, limits: DoubtLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#lastCreateMs = clock.nowMs();
    this.#untilMs = this.#lastCreateMs + limits.windowMs;
  }

  /** Call once a create. */
  isOpen(): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastCreateMs >= this.#limits.gapMs) this.#untilMs = nowMs + this.#limits.windowMs;
    this.#lastCreateMs = nowMs;
    return nowMs < this.#untilMs;
  }
}
