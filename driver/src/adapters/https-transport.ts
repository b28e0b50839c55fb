import type { ClientRequest, ClientRequestArgs, IncomingMessage } from 'node:http';
import { Agent, request as openRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
  type TransportFailure,
  type TransportSettings,
} from '../rest/transport.ts';
import { proxyFor } from './proxy.ts';
import { TlsConnector } from './tls-connector.ts';

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
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

function flat(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return result;
}

/** Hands requests over only when the connection is secure: a request without a socket was certainly not sent. */
class ArrayAgent extends Agent {
  readonly #connector: TlsConnector;

  constructor(connector: TlsConnector, maxSockets: number) {
    super({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, timeout: KEEP_ALIVE_MS, scheduling: 'lifo' });
    this.#connector = connector;
  }

  /** One array, one pool: Node's own name of a pool is made anew for each request, of everything that TLS could differ in. */
  override getName(): string {
    return '';
  }

  /** Node always gives `done`; null tells it to wait for that. */
  override createConnection(_options: ClientRequestArgs, done?: (error: Error | null, stream: Duplex) => void): null {
    if (done) this.#connector.connect(done);
    return null;
  }
}

/** One exchange; settles its promise once, whatever comes later. */
class Exchange {
  readonly #request: HttpRequest;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #ended: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.cancel();
  #call: ClientRequest | null = null;
  #isSent = false;
  #isSettled = false;

  constructor(
    request: HttpRequest,
    resolve: (response: HttpResponse) => void,
    reject: (error: TransportError) => void,
    ended: () => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#ended = ended;
    request.signal?.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(
      () => this.#stop('timeout', `no complete answer within ${Math.round(request.timeoutMs)} ms`),
      request.timeoutMs,
    );
  }

  send(connector: TlsConnector, agent: ArrayAgent): void {
    const { method, path, headers, body } = this.#request;
    const call = openRequest({ host: connector.host, port: connector.port, agent, method, path, headers });
    this.#call = call;
    call.once('socket', () => (this.#isSent = true));
    call.on('error', error => this.#fail(toTransportError(error, this.#isSent)));
    call.once('response', response => this.#receive(response));
    call.end(body ?? undefined);
  }

  cancel(): void {
    this.#stop('cancelled', 'the caller gave up');
  }

  #receive(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) this.#stop('too-large', `the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      else chunks.push(chunk);
    });
    response.once('error', error => this.#fail(toTransportError(error, true)));
    response.once('end', () => {
      if (!this.#settle()) return;
      const [first] = chunks;
      const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      this.#resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body: body.toString('utf8') });
    });
  }

  #stop(reason: TransportFailure, text: string): void {
    const error = new TransportError(reason, this.#isSent ? 'unknown' : 'not-sent', text);
    this.#fail(error);
    this.#call?.destroy(error);
  }

  #fail(error: TransportError): void {
    if (this.#settle()) this.#reject(error);
  }

  /** False when it was settled before. */
  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#ended();
    return true;
  }
}

/** Keep-alive connections to one array over HTTPS, with Node's own client: it is there already and costs no memory. */
export class HttpsTransport implements Transport {
  readonly #connector: TlsConnector;
  readonly #agent: ArrayAgent;
  readonly #maximum: number;
  /** Started in their order; those that gave up meanwhile are gone from it. */
  readonly #waiting = new Set<Exchange>();
  readonly #running = new Set<Exchange>();
  #isClosed = false;

  /** `env` may name a proxy, see proxy.ts. */
  constructor(settings: TransportSettings, env: Readonly<Record<string, string | undefined>> = {}) {
    this.#connector = new TlsConnector(settings, host => proxyFor(host, env));
    this.#agent = new ArrayAgent(this.#connector, settings.maxConnections);
    this.#maximum = settings.maxConnections;
  }

  exchange(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || request.signal?.aborted === true || request.timeoutMs <= 0) {
        reject(new TransportError('cancelled', 'not-sent', 'the caller gave up'));
        return;
      }
      const exchange = new Exchange(request, resolve, reject, () => {
        this.#waiting.delete(exchange);
        if (this.#running.delete(exchange)) this.#startNext();
      });
      this.#waiting.add(exchange);
      this.#startNext();
    });
  }

  /** Ends idle connections, and with them every exchange that still runs. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const exchange of [...this.#waiting, ...this.#running]) exchange.cancel();
    this.#connector.close();
    this.#agent.destroy();
    return Promise.resolve();
  }

  #startNext(): void {
    // Node's agent counts a connection only once it stands, so the limit is kept here.
    while (this.#running.size < this.#maximum) {
      const [next] = this.#waiting;
      if (!next) return;
      this.#waiting.delete(next);
      this.#running.add(next);
      next.send(this.#connector, this.#agent);
    }
  }
}

/** With the proxy that the environment of this process names. */
export const httpsTransport = (settings: TransportSettings): Transport => new HttpsTransport(settings, process.env);
