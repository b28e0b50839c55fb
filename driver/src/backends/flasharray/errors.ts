import { PsoError, type PsoErrorCode } from '../../domain/errors.ts';
import { RestError, type RestFailure } from '../../rest/rest-error.ts';

const CODE_OF: Readonly<Record<Exclude<RestFailure, 'rejected'>, PsoErrorCode>> = {
  unauthenticated: 'unauthenticated',
  forbidden: 'unauthenticated',
  busy: 'busy',
  'server-error': 'unavailable',
  unreachable: 'unavailable',
  tls: 'unavailable',
  lost: 'unavailable',
  malformed: 'unavailable',
  timeout: 'timeout',
  cancelled: 'timeout',
  'too-old': 'unsupported',
  closed: 'unavailable',
};

/** What the array's own words mean; first match counts. Texts: Purity REST 2.x, as its clients quote them. */
const MEANINGS: readonly (readonly [RegExp, PsoErrorCode, string])[] = [
  [/does not exist|no such volume|could not be found/i, 'not-found', 'Check that it was not removed on the array.'],
  [/invalid url|method not allowed|invalid rest api version/i, 'unsupported', 'Upgrade Purity on the array.'],
  [/already exists/i, 'already-exists', 'Choose another name, or remove what is there.'],
  [/has been (destroyed|deleted)/i, 'not-found', 'Recover it on the array, or wait until it is eradicated.'],
  [/already in use/i, 'precondition', 'Remove the initiator from the other host on the array.'],
  [
    /limit reached|no lun available|maximum number|limit exceeded|out of space|insufficient|not enough|quota|array is full/i,
    'no-capacity',
    'Free space or objects on the array (destroyed ones count until they are eradicated), or use another array.',
  ],
  [
    /pod contains file systems or policies/i,
    'precondition',
    "Take the pod's default protection off, or use a pod for block volumes only.",
  ],
  [
    /eradication is disabled|cannot eradicate/i,
    'precondition',
    'SafeMode holds it; ask support, or wait for the retention to end.',
  ],
  [
    /invalid combination of parameters|no attribute specified/i,
    'bug',
    'Please report it with the log of this request.',
  ],
  [/must be between|out of range|too (large|small)|multiple of/i, 'out-of-range', 'Choose a value within the limits.'],
];

/** The array's refusal or silence in the driver's words. `doing` completes "while …", e.g. `creating volume v`. */
export function toPsoError(error: unknown, doing: string): PsoError {
  if (!(error instanceof RestError)) return PsoError.from(error);
  const finality = error.isInDoubt ? 'in-doubt' : 'final';
  const message = `${error.message.replace(/\.?$/, '')} (while ${doing}).`;
  if (error.failure !== 'rejected') {
    return new PsoError(CODE_OF[error.failure], message, error.nextStep, { finality, cause: error });
  }
  const said = [error.message, ...error.messages.map(entry => entry.message)].join(' ');
  const meaning = MEANINGS.find(([pattern]) => pattern.test(said));
  const nextStep = error.nextStep === '' ? (meaning?.[2] ?? 'Check the request and the array.') : error.nextStep;
  return new PsoError(meaning?.[1] ?? 'invalid', message, nextStep, { finality, cause: error });
}

/** Marks a failure that came after the array had already acted for the same operation. */
export function afterWrite(error: unknown, doing: string): PsoError {
  const failure = toPsoError(error, doing);
  if (failure.finality === 'in-doubt') return failure;
  return new PsoError(failure.code, failure.message, failure.nextStep, { finality: 'in-doubt', cause: failure });
}

export async function translated<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toPsoError(error, doing);
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof RestError && error.says(/does not exist|no such volume/i);

/** Gone already: never there, or destroyed. */
export const isGone = (error: unknown): boolean =>
  isMissing(error) || (error instanceof RestError && error.says(/has been (destroyed|deleted)/i));
