/** What the array said: `context` is the name of the object it speaks of. */
export interface ArrayMessage {
  readonly message: string;
  readonly context: string;
}

export type RestFailure =
  /** The array answered, and refused: see `messages`. */
  | 'rejected'
  | 'unauthenticated'
  | 'forbidden'
  /** Overloaded (429, 503, 500 "Server is busy"), or our own queue is too long for the deadline. */
  | 'busy'
  | 'server-error'
  | 'unreachable'
  | 'tls'
  /** Sent, no complete answer. */
  | 'lost'
  /** A success whose body is no JSON of the expected shape. */
  | 'malformed'
  | 'timeout'
  | 'cancelled'
  | 'too-old'
  | 'too-new'
  | 'closed';

export interface RestErrorDetail {
  /** True when the request may have changed something on the array. */
  readonly isInDoubt?: boolean;
  readonly status?: number;
  readonly messages?: readonly ArrayMessage[];
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
}

/** The only error this folder throws. Texts name the array, what is wrong and the next step; never a token. */
export class RestError extends Error {
  readonly failure: RestFailure;
  readonly nextStep: string;
  readonly isInDoubt: boolean;
  readonly status: number | null;
  readonly messages: readonly ArrayMessage[];
  readonly retryAfterMs: number | null;

  constructor(failure: RestFailure, message: string, nextStep: string, detail: RestErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = 'RestError';
    this.failure = failure;
    this.nextStep = nextStep;
    this.isInDoubt = detail.isInDoubt ?? false;
    this.status = detail.status ?? null;
    this.messages = detail.messages ?? [];
    this.retryAfterMs = detail.retryAfterMs ?? null;
  }

  /** True when the array refused with a message that holds `text`, any case. */
  says(text: string | RegExp): boolean {
    return (
      this.failure === 'rejected' &&
      this.messages.some(({ message }) =>
        typeof text === 'string' ? message.toLowerCase().includes(text.toLowerCase()) : text.test(message),
      )
    );
  }
}
