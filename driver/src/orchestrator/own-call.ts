import type { CallContext } from '../backends/backend.ts';
import type { Clock } from '../lib/clock.ts';

const LIMIT_MS = 10_000;

/** A question of the driver's own, which several callers may share: no single one of them cancels it. */
export const ownCall = (clock: Clock, requestId: string): CallContext => ({
  requestId,
  deadlineMs: clock.nowMs() + LIMIT_MS,
  signal: new AbortController().signal,
});
