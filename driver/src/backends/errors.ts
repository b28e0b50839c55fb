import { PsoError, type ErrorId } from '../domain/errors.ts';
import { RestError, type RestFailure } from '../rest/rest-error.ts';

const ID_OF: Readonly<Record<Exclude<RestFailure, 'rejected'>, ErrorId>> = {
  unauthenticated: 'array-token-refused',
  forbidden: 'array-role-too-low',
  busy: 'array-busy',
  'server-error': 'array-failed',
  unreachable: 'array-unreachable',
  tls: 'array-certificate',
  lost: 'array-answer-lost',
  malformed: 'array-answer-unreadable',
  timeout: 'array-slow',
  cancelled: 'caller-gone',
  'too-old': 'array-too-old',
  'too-new': 'array-too-new',
  closed: 'array-removed',
};

/** What the array's own words mean; first match counts. Texts: Purity REST 2.x, as its clients quote them. */
const MEANINGS: readonly (readonly [RegExp, ErrorId, string])[] = [
  [
    /does not exist|no such volume|could not be found/i,
    'array-object-missing',
    'Check that it was not removed on the array.',
  ],
  [/invalid url|method not allowed|invalid rest api version/i, 'array-feature-missing', 'Upgrade Purity on the array.'],
  [/already exists/i, 'array-name-taken', 'Choose another name, or remove what is there.'],
  [
    /has been (destroyed|deleted)/i,
    'array-object-destroyed',
    'Recover it on the array, or wait until it is eradicated.',
  ],
  [/already in use/i, 'initiator-in-use', 'Remove the initiator from the other host on the array.'],
  [
    /limit reached|no lun available|maximum number|limit exceeded|out of space|insufficient|not enough|quota|array is full/i,
    'array-limit-reached',
    'Free space or objects on the array (destroyed ones count until they are eradicated), or use another array.',
  ],
  [
    /pod is not online/i,
    'pod-not-online',
    "Check the array's connection to its peer and the mediator; the other array serves the pod meanwhile.",
  ],
  [
    /pod contains file systems or policies/i,
    'pod-has-file-systems',
    "Take the pod's default protection off, or use a pod for block volumes only.",
  ],
  [
    /eradication is disabled|cannot eradicate/i,
    'eradication-held',
    'SafeMode holds it; ask support, or wait for the retention to end.',
  ],
  [
    /invalid combination of parameters|no attribute specified/i,
    'array-request-wrong',
    'Please report it with the log of this request.',
  ],
  [
    /must be between|out of range|too (large|small)|multiple of/i,
    'array-value-out-of-range',
    'Choose a value within the limits.',
  ],
];

/** The array's refusal or silence in the driver's words. `doing` completes "while …", e.g. `creating volume v`. */
export function toPsoError(error: unknown, doing: string): PsoError {
  if (!(error instanceof RestError)) return PsoError.from(error);
  const finality = error.isInDoubt ? 'in-doubt' : 'final';
  const message = `${error.message.replace(/\.?$/, '')} (while ${doing}).`;
  if (error.failure !== 'rejected') {
    return new PsoError(ID_OF[error.failure], message, error.nextStep, { finality, cause: error });
  }
  const said = [error.message, ...error.messages.map(entry => entry.message)].join(' ');
  const meaning = MEANINGS.find(([pattern]) => pattern.test(said));
  const nextStep = error.nextStep === '' ? (meaning?.[2] ?? 'Check the request and the array.') : error.nextStep;
  return new PsoError(meaning?.[1] ?? 'array-refused', message, nextStep, { finality, cause: error });
}

/** Marks a failure that came after the array had already acted for the same operation. */
export function afterWrite(error: unknown, doing: string): PsoError {
  return toPsoError(error, doing).inDoubt();
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
