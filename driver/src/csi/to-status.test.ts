import { describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import type { PsoErrorCode } from '../domain/errors.ts';
import { PsoError } from '../domain/errors.ts';
import { toStatus } from './to-status.ts';

const codes: readonly PsoErrorCode[] = [
  'not-found', 'already-exists', 'conflict', 'precondition', 'invalid', 'out-of-range', 'no-capacity',
  'no-match', 'unauthenticated', 'unavailable', 'busy', 'timeout', 'unsupported', 'bug',
]; // prettier-ignore

describe('toStatus', () => {
  it.each(codes)('keeps the provisioner asking when %s is in doubt', code => {
    const mapped = toStatus(new PsoError(code, 'm', 'n', { finality: 'in-doubt' }));
    expect([status.ABORTED, status.DEADLINE_EXCEEDED, status.UNAVAILABLE]).toContain(mapped.code);
  });
  it('says what is wrong and what to do', () => {
    expect(toStatus(new PsoError('no-capacity', 'Array a1 is full.', 'Add an array.'))).toEqual({
      code: status.RESOURCE_EXHAUSTED,
      details: 'Array a1 is full. Add an array.',
    });
  });
  it('takes anything unknown for a doubt', () => {
    expect(toStatus(PsoError.from(new TypeError('x is undefined'))).code).toBe(status.UNAVAILABLE);
  });
});
