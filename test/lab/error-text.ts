import { PsoError } from '../../driver/src/domain/errors.ts';

/** What a person at a terminal reads: builds fail with a PsoError, whose message leaves the next step apart. */
export function errorText(error: unknown): string {
  if (error instanceof PsoError) return error.sentence;
  return error instanceof Error ? error.message : String(error);
}
