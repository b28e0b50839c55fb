import { PsoError, withReference } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Interceptor } from './grpc-service.ts';
import { redact } from './redact.ts';
import { toStatus } from './to-status.ts';

/** Asked every few seconds by sidecars and the kubelet: at `info` they would bury what happened. */
const CHATTY = new Set(['Probe', 'GetPluginInfo', 'GetPluginCapabilities', 'ControllerGetCapabilities', 'NodeGetCapabilities', 'NodeGetVolumeStats', 'GetCapacity', 'ListVolumes', 'ListSnapshots']); // prettier-ignore

export interface CallLogParts {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Whether requests are written, too (level debug): redaction costs time that the hot path should not pay. */
  readonly withRequests: boolean;
}

/** One line a call: rpc, requestId, durationMs and, when it failed, code and sentence. */
export function logCalls({ logger, clock, withRequests }: CallLogParts): Interceptor {
  return async (method, request, call, next) => {
    const startMs = clock.nowMs();
    const fields = { rpc: method.name, requestId: call.requestId };
    if (withRequests) logger.debug({ ...fields, request: redact(method.input, request) }, 'call received');
    try {
      const response = await next();
      const done = { ...fields, durationMs: Math.round(clock.nowMs() - startMs) };
      if (CHATTY.has(method.name)) logger.debug(done, 'call answered');
      else logger.info(done, 'call answered');
      return response;
    } catch (thrown) {
      const error = PsoError.from(thrown);
      logger.warn(
        {
          ...fields,
          durationMs: Math.round(clock.nowMs() - startMs),
          error: error.id,
          code: error.code,
          finality: error.finality,
          status: toStatus(error).code,
          ...(error.code === 'bug' ? { stack: error.cause instanceof Error ? error.cause.stack : error.stack } : {}),
        },
        withReference(error.sentence, error.reference),
      );
      throw error;
    }
  };
}
