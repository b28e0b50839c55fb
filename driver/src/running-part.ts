/** What a composition root hands to main: a part that runs until it is stopped. */
export interface RunningPart {
  /** Finishes running calls, logs out of arrays, closes every socket. */
  stop(): Promise<void>;
}
