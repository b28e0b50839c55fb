import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { Breaker } from './breaker.ts';
import type { RestDialect } from './dialect.ts';
import { fromAnswer, fromTransport, malformed } from './failures.ts';
import { PriorityQueue, type Patience, type Priority } from './queue.ts';
import { RestError } from './rest-error.ts';
import { Session, type SessionToken } from './session.ts';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

/** Left of a deadline for the answer's way back to the caller. */
const ANSWER_BUDGET_MS = 50;
const MAX_EXCHANGE_MS = 30_000;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 10_000;
const MAX_ATTEMPTS = 6;
/** Repeats may add a tenth to the calls offered, and a handful at rest. */
const BUDGET_PER_CALL = 0.1;
const BUDGET_MAX = 10;

/** Who asks, and how long. */
export interface RestCall extends Patience {
  readonly requestId: string;
  readonly priority: Priority;
}

export interface RestRequest {
  readonly method: HttpRequest['method'];
  /** Below `/api/2.x`, with its query. */
  readonly path: string;
  readonly body?: unknown;
}

/** One exchange that ended, for metrics and logs; holds no secret. */
export interface ExchangeRecord {
  readonly array: string;
  readonly method: string;
  /** The path without names: of few values. */
  readonly resource: string;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
}

export interface RestClientOptions {
  readonly array: string;
  readonly dialect: RestDialect;
  readonly apiToken: string;
  readonly userAgent: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxConcurrency: number;
  readonly onExchange?: ((record: ExchangeRecord) => void) | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Requests to one array: queued by urgency, logged in, repeated only where nothing can happen twice. */
export class RestClient {
  readonly session: Session;
  readonly #options: RestClientOptions;
  readonly #queue: PriorityQueue;
  readonly #breaker: Breaker;
  #budget = BUDGET_MAX;

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.session = new Session(options);
    this.#queue = new PriorityQueue(options.array, options.clock, options.maxConcurrency);
    this.#breaker = new Breaker(options.array, options.clock, options.random);
  }

  get array(): string {
    return this.#options.array;
  }

  /** Of this moment, for metrics. */
  get traffic() {
    const { depth: queued, running, limit: runningLimit } = this.#queue;
    return { queued, running, runningLimit, isBreakerOpen: this.#breaker.isOpen };
  }

  /** The negotiated REST 2.x minor; logs in when nobody has yet. */
  async minor(call: RestCall): Promise<number> {
    return (this.session.current ?? (await this.#admitted(call, () => this.#openSession(call)))).minor;
  }

  /** The parsed JSON object of a success; `null` for an empty body. Repeats what the array refused or never got. */
  async request(request: RestRequest, call: RestCall): Promise<JsonObject | null> {
    const isWrite = request.method !== 'GET';
    this.#budget = Math.min(BUDGET_MAX, this.#budget + BUDGET_PER_CALL);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#admitted(call, async () =>
          this.#parse(request, await this.#exchangeLoggedIn(request, call, isWrite), isWrite),
        );
      } catch (error) {
        if (!(error instanceof RestError)) throw error;
        const waitMs = this.#waitBeforeRepeat(error, attempt, call, isWrite);
        if (waitMs === null) throw error;
        await this.#sleep(waitMs, call, error);
      }
    }
  }

  async close(): Promise<void> {
    this.#queue.close();
    await this.session.close();
    await this.#options.transport.close();
  }

  #parse(request: RestRequest, answer: HttpResponse, isWrite: boolean): JsonObject | null {
    if (answer.body === '') return null;
    let parsed: unknown;
    try {
      parsed = JSON.parse(answer.body);
    } catch (error) {
      throw malformed(this.array, `${request.method} ${resourceOf(request.path)} gave no JSON`, isWrite, error);
    }
    if (isObject(parsed)) return parsed;
    throw malformed(this.array, `${request.method} ${resourceOf(request.path)} gave no JSON object`, isWrite);
  }

  /** Null: do not repeat. */
  #waitBeforeRepeat(error: RestError, attempt: number, call: RestCall, isWrite: boolean): number | null {
    const isRefusal = error.failure === 'busy' && error.status !== null;
    const isHarmless = !isWrite && ['lost', 'server-error', 'malformed'].includes(error.failure);
    const isOnceOnly = isHarmless || (error.failure === 'unreachable' && !this.#breaker.isOpen);
    if (!isRefusal && !isOnceOnly) return null;
    if (attempt >= (isRefusal ? MAX_ATTEMPTS : 2) || this.#budget < 1) return null;
    const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
    const waitMs = error.retryAfterMs ?? backoffMs * (0.5 + this.#options.random());
    if (this.#options.clock.nowMs() + waitMs + ANSWER_BUDGET_MS >= call.deadlineMs) return null;
    this.#budget -= 1;
    return waitMs;
  }

  async #sleep(ms: number, call: RestCall, error: RestError): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, call.signal);
    } catch {
      throw error;
    }
  }

  async #admitted<T>(call: RestCall, task: () => Promise<T>): Promise<T> {
    this.#breaker.check();
    return await this.#queue.run(call.priority, call, () => {
      this.#breaker.admit();
      return this.#watched(task);
    });
  }

  /** Tells queue and breaker how it went. */
  async #watched<T>(task: () => Promise<T>): Promise<T> {
    try {
      const result = await task();
      this.#breaker.answered();
      this.#queue.succeeded();
      return result;
    } catch (error) {
      const failure = error instanceof RestError ? error.failure : 'cancelled';
      if (error instanceof RestError && ['unreachable', 'tls', 'lost'].includes(failure)) this.#breaker.failed(error);
      else if (failure === 'cancelled' || failure === 'timeout') this.#breaker.abandoned();
      else this.#breaker.answered();
      if (error instanceof RestError && failure === 'busy') {
        this.#queue.overloaded(error.retryAfterMs ?? FIRST_BACKOFF_MS);
      }
      throw error;
    }
  }

  async #exchangeLoggedIn(request: RestRequest, call: RestCall, isWrite: boolean): Promise<HttpResponse> {
    const token = this.session.current ?? (await this.#openSession(call));
    const answer = await this.#exchange(request, call, token, isWrite);
    const hasEnded = this.#options.dialect.endedSession.includes(answer.status) || isOtherVersion(answer);
    if (!hasEnded) return this.#checked(answer, isWrite);
    // A session that ended, or whose version is served no more, has done nothing, so even a write is safe to send again, once.
    this.session.expire(token);
    const fresh = await this.#openSession(call);
    return this.#checked(await this.#exchange(request, call, fresh, isWrite), isWrite);
  }

  #checked(answer: HttpResponse, isWrite: boolean): HttpResponse {
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw fromAnswer(this.array, answer, isWrite, this.#options.clock.wallMs());
  }

  /** The shared login, waited for no longer than this caller wants to. */
  async #openSession(call: RestCall): Promise<SessionToken> {
    const { clock } = this.#options;
    const stop = new AbortController();
    const givenUp = clock
      .sleep(Math.max(0, call.deadlineMs - clock.nowMs()), AbortSignal.any([call.signal, stop.signal]))
      .catch(() => undefined)
      .then((): never => {
        throw new RestError('timeout', `Array ${this.array}: the login took too long.`, 'It will be tried again.');
      });
    givenUp.catch(() => undefined);
    try {
      return await Promise.race([this.session.open(), givenUp]);
    } finally {
      stop.abort();
    }
  }

  async #exchange(request: RestRequest, call: RestCall, token: SessionToken, isWrite: boolean): Promise<HttpResponse> {
    const { clock, transport, userAgent, onExchange } = this.#options;
    const startedMs = clock.nowMs();
    const timeoutMs = Math.min(MAX_EXCHANGE_MS, call.deadlineMs - startedMs - ANSWER_BUDGET_MS);
    let status: number | null = null;
    try {
      const answer = await transport.exchange({
        method: request.method,
        path: `/api/2.${token.minor}${request.path}`,
        headers: {
          'x-auth-token': token.value,
          'user-agent': userAgent,
          'x-request-id': /^[\w.-]{1,128}$/.test(call.requestId) ? call.requestId : 'none',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        timeoutMs,
        signal: call.signal,
      });
      status = answer.status;
      return answer;
    } catch (error) {
      if (error instanceof TransportError) throw fromTransport(this.array, error, isWrite);
      throw error;
    } finally {
      onExchange?.({
        array: this.array,
        method: request.method,
        resource: resourceOf(request.path),
        status,
        durationMs: clock.nowMs() - startedMs,
      });
    }
  }
}

/** After an upgrade, or a way back, the array may not serve the version that the session began with. */
const isOtherVersion = ({ status, body }: HttpResponse): boolean =>
  status === 404 && /invalid rest api version/i.test(body);

function resourceOf(path: string): string {
  const end = path.indexOf('?');
  return end < 0 ? path : path.slice(0, end);
}
