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

/**
 * `final`: the array did, and will do, nothing. `in-doubt`: it may have acted, e.g. the answer was lost.
 * An in-doubt error may only become ABORTED, DEADLINE_EXCEEDED or UNAVAILABLE: after any other status the
 * provisioner forgets a volume that may exist (external-provisioner, `checkError`).
 */
export type Finality = 'final' | 'in-doubt';

export interface PsoErrorDetail {
  readonly finality?: Finality;
  readonly cause?: unknown;
}

/** The only error that crosses a folder's border. `message` says what is wrong, `nextStep` what to do about it. */
export class PsoError extends Error {
  readonly code: PsoErrorCode;
  readonly finality: Finality;
  readonly nextStep: string;

  constructor(code: PsoErrorCode, message: string, nextStep: string, detail: PsoErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = 'PsoError';
    this.code = code;
    this.finality = detail.finality ?? 'final';
    this.nextStep = nextStep;
  }

  /** One line for gRPC status, event and log. Secrets never get into messages, so it needs no redaction. */
  get sentence(): string {
    return `${this.message} ${this.nextStep}`.trim();
  }

  /** Anything thrown becomes a PsoError; what is unknown is in doubt, because a bug may sit behind a write. */
  static from(error: unknown): PsoError {
    if (error instanceof PsoError) return error;
    const text = error instanceof Error ? error.message : String(error);
    return new PsoError(
      'bug',
      `Unexpected failure in the driver: ${text}.`,
      'Please report it with the log of this request.',
      {
        finality: 'in-doubt',
        cause: error,
      },
    );
  }
}
