/** What went wrong, in the driver's own words; `csi/to-status.ts` maps each to one gRPC status. */
export type PsoErrorCode =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'precondition'
  | 'invalid'
  | 'out-of-range'
  | 'no-capacity'
  | 'no-match'
  | 'unauthenticated'
  | 'unavailable'
  | 'busy'
  | 'timeout'
  | 'unsupported'
  | 'bug';

/** One kind of refusal. Its key is the id that errors carry and the anchor in docs/errors.md. */
export interface CatalogueEntry {
  readonly code: PsoErrorCode;
  /** What it means, beyond the sentence that the user saw. */
  readonly cause: string;
  /** What to do, beyond the next step of that sentence. */
  readonly remedy: string;
}
