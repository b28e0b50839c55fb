import { status } from '@grpc/grpc-js';
import { withReference } from '../domain/errors.ts';
import type { PsoError, PsoErrorCode } from '../domain/errors.ts';

/** Nothing happened, nor will it: the caller may forget the operation. Codes as csi.proto and the spec's error tables demand. */
const FINAL = {
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  precondition: status.FAILED_PRECONDITION,
  invalid: status.INVALID_ARGUMENT,
  'out-of-range': status.OUT_OF_RANGE,
  // The provisioner answers RESOURCE_EXHAUSTED by asking the scheduler for another node: right for both.
  'no-capacity': status.RESOURCE_EXHAUSTED,
  'no-match': status.RESOURCE_EXHAUSTED,
  unauthenticated: status.UNAUTHENTICATED,
  unavailable: status.UNAVAILABLE,
  busy: status.UNAVAILABLE,
  timeout: status.DEADLINE_EXCEEDED,
  unsupported: status.UNIMPLEMENTED,
  bug: status.INTERNAL,
} as const satisfies Record<PsoErrorCode, status>;

type DoubtStatus = status.ABORTED | status.DEADLINE_EXCEEDED | status.UNAVAILABLE;

/** The array may have acted: only these keep external-provisioner asking (`checkError`), so that no volume is forgotten. */
const IN_DOUBT = {
  'not-found': status.UNAVAILABLE,
  'already-exists': status.UNAVAILABLE,
  conflict: status.ABORTED,
  precondition: status.UNAVAILABLE,
  invalid: status.UNAVAILABLE,
  'out-of-range': status.UNAVAILABLE,
  'no-capacity': status.UNAVAILABLE,
  'no-match': status.UNAVAILABLE,
  unauthenticated: status.UNAVAILABLE,
  unavailable: status.UNAVAILABLE,
  busy: status.ABORTED,
  timeout: status.DEADLINE_EXCEEDED,
  unsupported: status.UNAVAILABLE,
  bug: status.UNAVAILABLE,
} as const satisfies Record<PsoErrorCode, DoubtStatus>;

export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

/** grpc-js sends details as a header: a sentence that long helps nobody and may break the frame. */
const MAX_DETAILS = 4000;

export function toStatus(error: PsoError): GrpcStatus {
  const code = error.finality === 'final' ? FINAL[error.code] : IN_DOUBT[error.code];
  return { code, details: withReference(error.sentence, error.reference, MAX_DETAILS) };
}
