import { withReference } from '../domain/errors.ts';
import type { PsoError } from '../domain/errors.ts';
import type { Logger } from '../lib/logger.ts';
import type { CallObserver } from './grpc-service.ts';
import { redact } from './redact.ts';
import { toStatus } from './to-status.ts';

/** Asked every few seconds by sidecars and the kubelet: at `info` they would bury what happened. */
const CHATTY = new Set(['Probe', 'GetPluginInfo', 'GetPluginCapabilities', 'ControllerGetCapabilities', 'NodeGetCapabilities', 'NodeGetVolumeStats', 'GetCapacity', 'ListVolumes', 'ListSnapshots']); // prettier-ignore

export interface CallLogParts {
  readonly logger: Logger;
  /** Whether requests are written, too (level debug): redaction costs time that the hot path should not pay. */
  readonly withRequests: boolean;
}

function errorFields(error: PsoError) {
  return {
    error: error.id,
    code: error.code,
    finality: error.finality,
    status: toStatus(error).code,
    ...(error.code === 'bug' ? { stack: error.cause instanceof Error ? error.cause.stack : error.stack } : {}),
  };
}

/** One line a call: rpc, requestId, durationMs and, when it failed, code and sentence. */
export function logCalls({ logger, withRequests }: CallLogParts): CallObserver {
  return {
    received: ({ method, requestId, request }) => {
      if (!withRequests) return;
      logger.debug({ rpc: method.name, requestId, request: redact(method.input, request) }, 'call received');
    },
    answered: ({ method, requestId, durationMs, error }) => {
      const fields = { rpc: method.name, requestId, durationMs: Math.round(durationMs) };
      if (error) logger.warn({ ...fields, ...errorFields(error) }, withReference(error.sentence, error.reference));
      else if (CHATTY.has(method.name)) logger.debug(fields, 'call answered');
      else logger.info(fields, 'call answered');
    },
  };
}
