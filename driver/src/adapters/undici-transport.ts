import type { TLSSocket } from 'node:tls';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
  type TransportFailure,
  type TransportSettings,
} from '../rest/transport.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 60_000;

const REASON_OF_CODE: Readonly<Record<string, TransportFailure>> = {
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-hostname',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  INVALID_CA: 'certificate-untrusted',
};

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

function reasonOf(error: Error, isSent: boolean): TransportFailure {
  const code = codeOf(error);
  const known = REASON_OF_CODE[code];
  if (known) return known;
  if (isSent) return 'connection-lost';
  return code.startsWith('ERR_SSL') || code === 'EPROTO' || code.startsWith('ERR_TLS') ? 'tls' : 'unreachable';
}

function toTransportError(error: Error, isSent: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const text = codeOf(error) === '' ? error.message : `${codeOf(error)}: ${error.message}`;
  return new TransportError(reasonOf(error, isSent), isSent ? 'unknown' : 'not-sent', text, error);
}

const plainHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

/** A pin is the whole proof: neither CA nor name nor date of the certificate count beside it. */
function connectorOf(settings: TransportSettings): buildConnector.connector {
  const pin = settings.certificateSha256 === null ? null : plainHex(settings.certificateSha256);
  const connect = buildConnector({
    rejectUnauthorized: settings.verifyTls && pin === null,
    minVersion: 'TLSv1.2',
    timeout: CONNECT_TIMEOUT_MS,
    // A resumed session shows no certificate to compare.
    ...(pin === null ? {} : { maxCachedSessions: 0 }),
    ...(settings.caBundle === null ? {} : { ca: settings.caBundle }),
  });
  if (pin === null) return connect;
  return (options, callback) => {
    connect(options, (...result) => {
      if (result[0] !== null) {
        callback(...result);
        return;
      }
      const shown = plainHex((result[1] as TLSSocket).getPeerCertificate().fingerprint256);
      if (shown === pin) {
        callback(...result);
        return;
      }
      result[1].destroy();
      const text = `the certificate's SHA-256 is ${shown}, expected ${pin}`;
      callback(new TransportError('certificate-fingerprint', 'not-sent', text), null);
    });
  };
}

/** One exchange as undici reports it; settles its promise once, whatever comes later. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal | null;
  readonly #onAbort: () => void;
  #controller: Dispatcher.DispatchController | null = null;
  #failure: TransportError | null = null;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    request: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (error: TransportError) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = request.signal;
    this.#onAbort = () => this.#stop('cancelled', 'the caller gave up');
    this.#signal?.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(
      () => this.#stop('timeout', `no complete answer within ${Math.round(request.timeoutMs)} ms`),
      request.timeoutMs,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: undici does not send what is aborted here.
    if (this.#failure) controller.abort(this.#failure);
    else this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    const flat: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
    }
    this.#headers = flat;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) this.#stop('too-large', `the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#forget();
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body: body.toString('utf8') });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(toTransportError(error, this.#controller !== null));
  }

  #stop(reason: TransportFailure, text: string): void {
    const controller = this.#controller;
    this.#fail(new TransportError(reason, controller === null ? 'not-sent' : 'unknown', text));
    if (this.#failure) controller?.abort(this.#failure);
  }

  #fail(error: TransportError): void {
    this.#failure ??= error;
    this.#forget();
    this.#reject(this.#failure);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Keep-alive connections to one array over HTTPS. */
export class UndiciTransport implements Transport {
  readonly #pool: Pool;

  constructor(settings: TransportSettings) {
    this.#pool = new Pool(`https://${settings.endpoint}`, {
      connections: settings.maxConnections,
      connect: connectorOf(settings),
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  exchange(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (request.signal?.aborted === true || request.timeoutMs <= 0) {
        reject(new TransportError('cancelled', 'not-sent', 'the caller gave up'));
        return;
      }
      const handler = new Exchange(request, resolve, reject);
      this.#pool.dispatch(
        { method: request.method, path: request.path, headers: request.headers, body: request.body },
        handler,
      );
    });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
