/** Time and waiting, injected so that tests own both. `nowMs` is monotonic-safe for intervals, `wallMs` is for people. */
export interface Clock {
  /** Monotonic milliseconds: deadlines and leases use only this (a jump of the wall clock must change nothing). */
  nowMs(): number;
  /** Milliseconds since the epoch: for timestamps that people or arrays read. */
  wallMs(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
