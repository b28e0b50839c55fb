import type { Clock } from '../lib/clock.ts';
import { RestError } from './rest-error.ts';

/** First is most urgent: an attach waits for no create, and a detach frees what an attach needs. */
const PRIORITIES = ['detach', 'attach', 'expand', 'create', 'delete', 'snapshot', 'poll'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** After each span of waiting a call counts as one class more urgent, so that nothing waits for ever. */
const AGING_MS = 10_000;
const SWEEP_MS = 100;
const MIN_CONCURRENCY = 1;

/** When the caller stops listening; times on the Clock's monotonic scale. */
export interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly patience: Patience;
  readonly sinceMs: number;
  readonly admit: () => void;
  readonly refuse: (error: RestError) => void;
}

/** FIFO whose head moves, so that taking the first of thousands costs nothing. */
class Lane {
  #items: Waiter[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }
  get first(): Waiter | undefined {
    return this.#items[this.#head];
  }
  push(waiter: Waiter): void {
    this.#items.push(waiter);
  }
  shift(): void {
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }
  /** Removes and returns those for which `isGone` holds. */
  sift(isGone: (waiter: Waiter) => boolean): readonly Waiter[] {
    const gone: Waiter[] = [];
    const kept: Waiter[] = [];
    for (const waiter of this.#items.slice(this.#head)) (isGone(waiter) ? gone : kept).push(waiter);
    this.#items = kept;
    this.#head = 0;
    return gone;
  }
}

/**
 * Admission to one array: at most `limit` calls at once, the most urgent first, the oldest first within a class.
 * Overload halves the limit, success raises it again (AIMD). A call that cannot be served in time is refused at once.
 */
export class PriorityQueue {
  readonly #array: string;
  readonly #clock: Clock;
  readonly #maximum: number;
  readonly #lanes = PRIORITIES.map(() => new Lane());
  #limit: number;
  #running = 0;
  #pausedUntilMs = 0;
  /** Moving average of one call's time with the array. */
  #serviceMs = 0;
  #isSweeping = false;
  #isClosed = false;

  constructor(array: string, clock: Clock, maximum: number) {
    this.#array = array;
    this.#clock = clock;
    this.#maximum = maximum;
    this.#limit = maximum;
  }

  get depth(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.length, 0);
  }

  get running(): number {
    return this.#running;
  }

  /** How many calls may run at once, at this moment. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  async run<T>(priority: Priority, patience: Patience, task: () => Promise<T>): Promise<T> {
    await this.#enter(priority, patience);
    const startedMs = this.#clock.nowMs();
    try {
      return await task();
    } finally {
      const tookMs = this.#clock.nowMs() - startedMs;
      this.#serviceMs = this.#serviceMs === 0 ? tookMs : this.#serviceMs * 0.9 + tookMs * 0.1;
      this.#running -= 1;
      this.#admitNext();
    }
  }

  /** The array answered in good order. */
  succeeded(): void {
    if (this.#limit < this.#maximum) this.#limit = Math.min(this.#maximum, this.#limit + 1 / this.#limit);
  }

  /** The array is overloaded: nothing is sent to it for `ms`, and then half as much at once. */
  overloaded(ms: number): void {
    const nowMs = this.#clock.nowMs();
    // Calls that ran side by side report one overload together.
    if (nowMs >= this.#pausedUntilMs) this.#limit = Math.max(MIN_CONCURRENCY, this.#limit / 2);
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + ms);
  }

  close(): void {
    this.#isClosed = true;
    for (const lane of this.#lanes) for (const waiter of lane.sift(() => true)) waiter.refuse(this.#closedError());
  }

  #enter(priority: Priority, patience: Patience): Promise<void> | undefined {
    if (this.#isClosed) throw this.#closedError();
    const nowMs = this.#clock.nowMs();
    if (patience.signal.aborted || nowMs >= patience.deadlineMs) throw this.#tooLate(patience);
    if (this.#running < Math.floor(this.#limit) && nowMs >= this.#pausedUntilMs && this.depth === 0) {
      this.#running += 1;
      return undefined;
    }
    const rank = PRIORITIES.indexOf(priority);
    this.#refuseHopeless(rank, patience, nowMs);
    return new Promise((admit, refuse) => {
      this.#lanes[rank]?.push({ patience, sinceMs: nowMs, admit, refuse });
      this.#sweep();
    });
  }

  #refuseHopeless(rank: number, patience: Patience, nowMs: number): void {
    const ahead = this.#lanes.slice(0, rank + 1).reduce((sum, lane) => sum + lane.length, 0);
    const rounds = Math.ceil((ahead + 1) / Math.max(MIN_CONCURRENCY, Math.floor(this.#limit)));
    const readyMs = Math.max(nowMs, this.#pausedUntilMs) + rounds * this.#serviceMs;
    if (readyMs <= patience.deadlineMs) return;
    throw new RestError(
      'busy',
      `Array ${this.#array}: ${ahead} requests wait before this one, too many for the time it has.`,
      'It will be tried again; if this goes on, look at the load of the array.',
    );
  }

  #admitNext(): void {
    while (this.#running < Math.floor(this.#limit) && this.#clock.nowMs() >= this.#pausedUntilMs) {
      const lane = this.#mostUrgent();
      const waiter = lane?.first;
      if (!lane || !waiter) return;
      lane.shift();
      if (this.#hasGivenUp(waiter)) {
        waiter.refuse(this.#tooLate(waiter.patience));
        continue;
      }
      this.#running += 1;
      waiter.admit();
    }
  }

  #mostUrgent(): Lane | undefined {
    const nowMs = this.#clock.nowMs();
    let best: Lane | undefined;
    let bestRank = Infinity;
    for (const [index, lane] of this.#lanes.entries()) {
      if (!lane.first) continue;
      const rank = index - (nowMs - lane.first.sinceMs) / AGING_MS;
      if (rank < bestRank) {
        best = lane;
        bestRank = rank;
      }
    }
    return best;
  }

  readonly #hasGivenUp = ({ patience }: Waiter): boolean =>
    patience.signal.aborted || this.#clock.nowMs() >= patience.deadlineMs;

  #tooLate({ signal }: Patience): RestError {
    return signal.aborted
      ? new RestError('cancelled', `Array ${this.#array}: the request was given up.`, 'It will be repeated.')
      : new RestError(
          'timeout',
          `Array ${this.#array}: the time was over before the request could be sent.`,
          'It will be tried again; if this goes on, look at the load of the array.',
        );
  }

  #closedError(): RestError {
    return new RestError(
      'closed',
      `Array ${this.#array} was removed or is being reconfigured.`,
      'It will be tried again.',
    );
  }

  /** While anybody waits: ends a pause, and tells those whose time is over even when no call returns. */
  #sweep(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    void this.#sweepUntilEmpty().finally(() => {
      this.#isSweeping = false;
    });
  }

  async #sweepUntilEmpty(): Promise<void> {
    while (this.depth > 0) {
      const pauseMs = this.#pausedUntilMs - this.#clock.nowMs();
      await this.#clock.sleep(pauseMs > 0 ? Math.min(pauseMs, SWEEP_MS) : SWEEP_MS);
      for (const lane of this.#lanes) {
        for (const waiter of lane.sift(this.#hasGivenUp)) waiter.refuse(this.#tooLate(waiter.patience));
      }
      this.#admitNext();
    }
  }
}
