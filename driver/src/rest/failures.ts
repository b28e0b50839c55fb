import { RestError, type ArrayMessage } from './rest-error.ts';
import type { HttpResponse, TransportError, TransportFailure } from './transport.ts';

const MAX_QUOTED = 300;
/** A `Retry-After` beyond this is not believed: nobody waits that long for a claim. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

const TLS_SENTENCES: Readonly<Partial<Record<TransportFailure, readonly [string, string]>>> = {
  'certificate-expired': [
    'its TLS certificate has expired',
    'Renew the certificate on the array (Settings > System > SSL Certificate).',
  ],
  'certificate-not-yet-valid': [
    'its TLS certificate is not valid yet',
    "Compare the clocks of array and node, then check the certificate's start date.",
  ],
  'certificate-untrusted': [
    'its TLS certificate is signed by no authority this driver trusts',
    "Give the array's CA bundle (CaBundle) or the certificate's SHA-256 fingerprint in its entry.",
  ],
  'certificate-hostname': [
    'its TLS certificate is for another name',
    "Set MgmtEndPoint to a name in the certificate, or give the certificate's SHA-256 fingerprint.",
  ],
  'certificate-fingerprint': [
    "its TLS certificate is not the one pinned in the array's entry",
    'If the certificate was renewed, set the new fingerprint; otherwise find out who answers at this address.',
  ],
  tls: ['no TLS connection could be made', 'Check that the address serves HTTPS with TLS 1.2 or newer.'],
};

/** `isWrite`: the request could have changed something. */
export function fromTransport(array: string, error: TransportError, isWrite: boolean): RestError {
  const detail = { isInDoubt: isWrite && error.sent === 'unknown', cause: error };
  const tls = TLS_SENTENCES[error.reason];
  if (tls) return new RestError('tls', `Array ${array}: ${tls[0]} (${error.message}).`, tls[1], detail);
  if (error.reason === 'cancelled') {
    return new RestError('cancelled', `Array ${array}: the request was given up.`, 'It will be repeated.', detail);
  }
  if (error.reason === 'unknown-host') {
    return new RestError(
      'unreachable',
      `Array ${array} cannot be reached: its name is not known (${error.message}).`,
      'Check MgmtEndPoint and the DNS servers of the cluster.',
      detail,
    );
  }
  if (error.sent === 'not-sent') {
    return new RestError(
      'unreachable',
      `Array ${array} cannot be reached (${error.message}).`,
      'Check MgmtEndPoint, port 443 and the network between the controller and the array.',
      detail,
    );
  }
  return new RestError(
    'lost',
    `Array ${array} gave no complete answer (${error.message}).`,
    'The request will be repeated; look at the load of the array if this goes on.',
    detail,
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Array errors `{errors:[{message,context}]}`, gateway errors `{message}`; anything else gives none. */
function messagesOf(body: string): readonly ArrayMessage[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return [];
  }
  if (!isRecord(parsed)) return [];
  const entries: readonly unknown[] = Array.isArray(parsed.errors) ? parsed.errors : [parsed];
  return entries.flatMap(entry => {
    if (!isRecord(entry) || typeof entry.message !== 'string') return [];
    const context = typeof entry.context === 'string' ? entry.context : '';
    return [{ message: entry.message.slice(0, MAX_QUOTED), context: context.slice(0, MAX_QUOTED) }];
  });
}

const quoted = (messages: readonly ArrayMessage[]): string =>
  messages.map(({ message, context }) => (context === '' ? message : `${message} (${context})`)).join(' ');

/** Seconds or an HTTP date, as milliseconds from now; null when absent or unreadable. */
function retryAfterMs(value: string | undefined, wallMs: number): number | null {
  if (value === undefined || value.trim() === '') return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - wallMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : null;
}

const isBusy = (status: number, messages: readonly ArrayMessage[]): boolean =>
  status === 429 ||
  status === 503 ||
  (status === 500 && messages.some(({ message }) => /server is busy/i.test(message)));

/** Any answer that is no success. */
export function fromAnswer(array: string, answer: HttpResponse, isWrite: boolean, wallMs: number): RestError {
  const { status } = answer;
  const messages = messagesOf(answer.body);
  const text = messages.length === 0 ? `HTTP ${status}` : `HTTP ${status}: ${quoted(messages)}`;
  if (isBusy(status, messages)) {
    return new RestError('busy', `Array ${array} is too busy to answer (${text}).`, 'It will be tried again.', {
      status,
      messages,
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], wallMs),
    });
  }
  if (status === 401) {
    return new RestError(
      'unauthenticated',
      `Array ${array} does not accept the session (${text}).`,
      "Check the array's APIToken; create a new one on the array if it was removed.",
      { status, messages },
    );
  }
  if (status === 403) {
    return new RestError(
      'forbidden',
      `Array ${array} does not allow this to the API token's user (${text}).`,
      'Use a token of a user with the role storage_admin (or higher).',
      { status, messages },
    );
  }
  if (status >= 500) {
    return new RestError(
      'server-error',
      `Array ${array} failed (${text}).`,
      'It will be tried again; look at its alerts.',
      {
        status,
        messages,
        isInDoubt: isWrite,
      },
    );
  }
  // Without the array's own words nobody knows what was refused: it may have been "already exists".
  if (messages.length === 0) return malformed(array, text, isWrite);
  return new RestError('rejected', `Array ${array} refused: ${quoted(messages)}`, '', { status, messages });
}

export function malformed(array: string, what: string, isWrite: boolean, cause?: unknown): RestError {
  return new RestError(
    'malformed',
    `Array ${array} sent an answer that cannot be read: ${what}.`,
    'Check that MgmtEndPoint leads to the array itself and not to a proxy.',
    { isInDoubt: isWrite, cause },
  );
}
