/** One HTTP exchange with one array. Paths start with `/`; header names are lower-case. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From now, for the whole exchange including the body of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | null;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type TransportFailure =
  | 'unreachable'
  | 'unknown-host'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-untrusted'
  | 'certificate-hostname'
  | 'certificate-fingerprint'
  | 'tls'
  | 'connection-lost'
  | 'timeout'
  | 'cancelled'
  | 'too-large';

/**
 * No complete answer. `not-sent`: the array has certainly not received the request; `unknown`: it may have,
 * and may have acted on it.
 */
export class TransportError extends Error {
  readonly reason: TransportFailure;
  readonly sent: 'not-sent' | 'unknown';

  constructor(reason: TransportFailure, sent: 'not-sent' | 'unknown', message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'TransportError';
    this.reason = reason;
    this.sent = sent;
  }
}

/** PORT: the way to one array. Throws nothing but `TransportError`. */
export interface Transport {
  exchange(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

export interface TransportSettings {
  /** `host`, `host:port`, `[v6]` or `[v6]:port`. */
  readonly endpoint: string;
  readonly caBundle: string | null;
  /** SHA-256 of the certificate, hex with or without colons; replaces the check against a CA. */
  readonly certificateSha256: string | null;
  readonly verifyTls: boolean;
  readonly maxConnections: number;
}

export type TransportFactory = (settings: TransportSettings) => Transport;
