import type { Clock } from '../lib/clock.ts';
import type { CallContext } from '../orchestrator/requests.ts';
import type { UnaryCall } from './grpc-service.ts';

/** For callers without a deadline. */
const DEFAULT_LIMIT_MS = 60_000;

export const contextOf = (clock: Clock, call: UnaryCall): CallContext => ({
  requestId: call.requestId,
  deadlineMs: clock.nowMs() + Math.min(call.remainingMs, DEFAULT_LIMIT_MS),
  signal: call.signal,
});
