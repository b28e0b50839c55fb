import type { Clock } from '../lib/clock.ts';

export interface DoubtLimits {
  /** How long names are looked up before they are placed. */
  readonly windowMs: number;
  /** A pause without a create after which another process may have been the one that creates. */
  readonly gapMs: number;
}

/**
 * PORT: names the time in office of the provisioner beside this process. Two equal answers mean that nobody else was in
 * office between them. Null: it is not in office, or that can't be found out now.
 */
export type ReadTerm = () => Promise<string | null>;

export const DEFAULT_DOUBT: DoubtLimits = { windowMs: 60_000, gapMs: 10_000 };

/** How often the term is looked at while nobody creates, so that the first create after a pause need not begin a window. */
const LOOK_EVERY_MS = 20_000;

/**
 * Two processes of the driver run, and each sidecar elects its own leader: after a start, or a pause, an unknown name may
 * have been created by someone else whose answer was lost. During the window the arrays are asked first, unless the same
 * provisioner has been in office, and this process known to it, for all of the window.
 */
export class DoubtWindow {
  readonly #clock: Clock;
  readonly #limits: DoubtLimits;
  readonly #readTerm: ReadTerm;
  #untilMs: number;
  #lastCreateMs: number;
  #term: string | null = null;
  #termSinceMs = 0;

  constructor(clock: Clock, limits: DoubtLimits, readTerm: ReadTerm = () => Promise.resolve(null)) {
    this.#clock = clock;
    this.#limits = limits;
    this.#readTerm = readTerm;
    this.#lastCreateMs = clock.nowMs();
    this.#untilMs = this.#lastCreateMs + limits.windowMs;
  }

  /** Call once a create. */
  async isOpen(): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lastCreateMs >= this.#limits.gapMs) this.#untilMs = nowMs + this.#limits.windowMs;
    this.#lastCreateMs = nowMs;
    if (nowMs >= this.#untilMs) return false;
    const isSettled = (await this.#look()) && nowMs - this.#termSinceMs >= this.#limits.windowMs;
    // What follows without a pause comes from the same provisioner.
    if (isSettled) this.#untilMs = Math.min(this.#untilMs, nowMs);
    return !isSettled;
  }

  /** Keeps an eye on the term until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await this.#clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  }

  /** False where no term is known. */
  async #look(): Promise<boolean> {
    const term = await this.#readTerm();
    if (term === null) return false;
    if (term !== this.#term) [this.#term, this.#termSinceMs] = [term, this.#clock.nowMs()];
    return true;
  }
}
