export interface FollowedState {
  readonly isFollowing: boolean;
  /** It takes longer than anybody waits: nobody looks any more. */
  readonly isLate: boolean;
}

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}
export const CLOCK: Clock = { now: () => Date.now(), sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) };

const POLL_MS = 2000;
const MAX_MS = 10 * 60_000;

/** Looks again and again until `look` says that it has ended; a look that fails is tried again. */
export class Follower {
  readonly #look: () => Promise<boolean>;
  readonly #show: (state: FollowedState) => void;
  readonly #clock: Clock;
  #run = 0;
  #isClosed = false;

  constructor(look: () => Promise<boolean>, show: (state: FollowedState) => void, clock: Clock = CLOCK) {
    this.#look = look;
    this.#show = show;
    this.#clock = clock;
  }

  async follow(): Promise<void> {
    // A page may be left while what is to be followed is still being sent.
    if (this.#isClosed) return;
    this.#run += 1;
    const own = this.#run;
    const untilMs = this.#clock.now() + MAX_MS;
    this.#show({ isFollowing: true, isLate: false });
    while (this.#clock.now() < untilMs) {
      const hasEnded = await this.#look().catch(() => false);
      if (own !== this.#run) return;
      if (hasEnded) return this.#show({ isFollowing: false, isLate: false });
      await this.#clock.sleep(POLL_MS);
      if (own !== this.#run) return;
    }
    this.#show({ isFollowing: false, isLate: true });
  }

  close(): void {
    this.#isClosed = true;
    this.#run += 1;
  }
}
