/**
 * `refused`: the driver says why, e.g. what is wrong with the question. The others are found by asking: `no-right`,
 * `too-old` (the release has no such service), `unreachable` (no controller answers, or nothing lets us through).
 */
export interface NoAnswer {
  readonly state: 'refused' | 'no-right' | 'too-old' | 'unreachable';
  readonly reason: string;
}

/** What the dashboard gives of a failed request: the body of the answer, or an error without one. */
interface Failure {
  readonly _status?: number;
  readonly status?: number | string | null;
  /** Of the driver. */
  readonly error?: unknown;
  /** Of Kubernetes, or of an error. */
  readonly message?: unknown;
  /** Of an answer in plain text. */
  readonly data?: unknown;
}

/** Why there was no answer. */
export function noAnswer(failure: unknown): NoAnswer {
  const { _status, status, error, message, data } = (failure ?? {}) as Failure;
  const code = _status ?? status;
  const [reason] = [error, message, data, `status ${code ?? '–'}`].flatMap(textOf);
  const said = { reason: reason ?? '' };
  if (code === 401 || code === 403) return { state: 'no-right', ...said };
  if (code === 404 || code === 405) return { state: 'too-old', ...said };
  return { state: typeof error === 'string' ? 'refused' : 'unreachable', ...said };
}

const textOf = (words: unknown): readonly string[] =>
  typeof words === 'string' && words.trim() !== '' ? [words.trim()] : [];
