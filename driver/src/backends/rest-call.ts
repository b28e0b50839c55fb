import type { Priority } from '../rest/queue.ts';
import type { RestCall } from '../rest/rest-client.ts';
import type { CallContext } from './backend.ts';

export const at = (priority: Priority, call: CallContext): RestCall => ({
  priority,
  requestId: call.requestId,
  deadlineMs: call.deadlineMs,
  signal: call.signal,
});
