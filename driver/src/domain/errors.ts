import type { PsoErrorCode } from './catalogue/entry.ts';
import { ERROR_CATALOGUE, isErrorId } from './error-catalogue.ts';
import type { ErrorId } from './error-catalogue.ts';

export type { ErrorId, PsoErrorCode };

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

/** Where the catalogue is printed; an id is an anchor there. */
const PAGE = 'docs/errors.md';

/** The only error that crosses a folder's border. `message` says what is wrong, `nextStep` what to do about it. */
export class PsoError extends Error {
  /** Null for a bare code, which only tools and tests may give: see error-catalogue.test.ts. */
  readonly id: ErrorId | null;
  readonly code: PsoErrorCode;
  readonly finality: Finality;
  readonly nextStep: string;

  constructor(kind: ErrorId | PsoErrorCode, message: string, nextStep: string, detail: PsoErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = 'PsoError';
    this.id = isErrorId(kind) ? kind : null;
    this.code = isErrorId(kind) ? ERROR_CATALOGUE[kind].code : kind;
    this.finality = detail.finality ?? 'final';
    this.nextStep = nextStep;
  }

  /** What a caller can give a new error of the same kind. */
  get kind(): ErrorId | PsoErrorCode {
    return this.id ?? this.code;
  }

  /** What is wrong and what to do. Secrets never get into messages, so it needs no redaction. */
  get sentence(): string {
    return `${this.message} ${this.nextStep}`.trim();
  }

  /** `See docs/errors.md#volume-has-snapshots`, at the end of what a person reads: gRPC status, event, log. */
  get reference(): string {
    return this.id === null ? '' : referenceTo(this.id);
  }

  /** The same refusal, no longer final: it came after the array had acted, or might have. */
  inDoubt(): PsoError {
    if (this.finality === 'in-doubt') return this;
    return new PsoError(this.kind, this.message, this.nextStep, { finality: 'in-doubt', cause: this });
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

export const referenceTo = (id: ErrorId): string => `See ${PAGE}#${id}`;

/** `text` with the reference at its end, cut so that the reference stays. */
export function withReference(text: string, reference: string, maxLength = Infinity): string {
  if (reference === '') return text.slice(0, maxLength);
  return `${text.slice(0, maxLength - reference.length - 1)} ${reference}`;
}
