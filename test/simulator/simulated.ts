import { errorBody } from './common/api-error.ts';
import { Seeded } from './common/seeded.ts';
import type { SimClock } from './common/sim-clock.ts';
import { Faults } from './faults.ts';
import type { FaultRule } from './faults.ts';
import type { ApiRequest, ApiResponse } from './flasharray/flash-array.ts';
import { RequestLog } from './request-log.ts';

/** What reaches the caller: an answer after a delay, or a broken connection. */
export type Outcome =
  | { readonly kind: 'answer'; readonly response: ApiResponse; readonly delayMs: number }
  | { readonly kind: 'reset'; readonly delayMs: number };

/** The state machine of one array, of whichever family. */
export interface Core {
  readonly settings: { readonly name: string; readonly seed: number };
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
}

/** Sentences about what is wrong with an answer. */
export interface Validator {
  check(method: string, url: string, answer: ApiResponse): string[];
}

export interface SimulatedOptions {
  readonly clock: SimClock;
  /** Milliseconds each call takes. */
  readonly latencyMs?: number;
  /** Checks every answer against the derived API facts; what is wrong is kept in `violations`. */
  readonly validates?: boolean;
}

/** An array with its wiring: fault plan, latency, log. Without sockets, so that fleets can be simulated in one process. */
export class Simulated<Family extends Core> {
  readonly core: Family;
  readonly faults: Faults;
  readonly log = new RequestLog();
  /** Answers that the vendor's API description would not allow; stays empty. */
  readonly violations: string[] = [];
  latencyMs: number;
  /** Switched off: every connection is reset. */
  isDown = false;
  readonly #clock: SimClock;
  readonly #startMs: number;
  readonly #validator: Validator | null;

  constructor(core: Family, validator: Validator, options: SimulatedOptions) {
    this.core = core;
    this.faults = new Faults(new Seeded(this.core.settings.seed ^ 0xfa17));
    this.latencyMs = options.latencyMs ?? 0;
    this.#clock = options.clock;
    this.#startMs = options.clock.nowMs();
    this.#validator = options.validates === false ? null : validator;
  }

  get name(): string {
    return this.core.settings.name;
  }

  /** Runs one call. Waiting for `delayMs` is the caller's business, on its own clock. */
  exchange(request: ApiRequest): Outcome | Promise<Outcome> {
    const nowMs = this.#clock.nowMs();
    if (this.isDown) return this.#reset(request, nowMs, 'down', 0);
    const { fault, delayMs } = this.faults.decide(request.method, request.url, nowMs - this.#startMs);
    const delay = this.latencyMs + delayMs;
    if (fault !== null && fault.kind !== 'answer-lost' && fault.kind !== 'truncated-json') {
      if (fault.kind === 'reset') return this.#reset(request, nowMs, 'reset', delay);
      return this.#answer(request, nowMs, faultResponse(fault), fault, delay);
    }
    const handled = this.core.handle(request);
    return handled instanceof Promise
      ? handled.then(response => this.#finish(request, nowMs, response, fault, delay))
      : this.#finish(request, nowMs, handled, fault, delay);
  }

  #finish(
    request: ApiRequest,
    nowMs: number,
    response: ApiResponse,
    fault: FaultRule | null,
    delayMs: number,
  ): Outcome {
    if (this.#validator !== null) this.violations.push(...this.#validator.check(request.method, request.url, response));
    if (fault?.kind === 'answer-lost') return this.#reset(request, nowMs, fault.kind, delayMs);
    if (fault?.kind !== 'truncated-json') return this.#answer(request, nowMs, response, fault, delayMs);
    const cut = { ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)) };
    return this.#answer(request, nowMs, cut, fault, delayMs);
  }

  #answer(
    request: ApiRequest,
    nowMs: number,
    response: ApiResponse,
    fault: FaultRule | null,
    delayMs: number,
  ): Outcome {
    const { method, url } = request;
    this.log.add({ timeMs: nowMs, method, url, status: response.status, fault: fault?.kind ?? null });
    return { kind: 'answer', response, delayMs };
  }

  #reset(request: ApiRequest, nowMs: number, fault: string, delayMs: number): Outcome {
    this.log.add({ timeMs: nowMs, method: request.method, url: request.url, status: 0, fault });
    return { kind: 'reset', delayMs };
  }
}

function faultResponse(fault: FaultRule): ApiResponse {
  const retry = fault.retryAfterSec ?? 1;
  switch (fault.kind) {
    case '401':
      return failure(401, 'Invalid session.');
    case '403':
      return failure(403, 'Operation not permitted.');
    case '429':
      return failure(429, 'Too many requests.', { 'retry-after': String(retry) });
    case '503':
      return failure(503, 'Service unavailable.', { 'retry-after': String(retry) });
    case 'html':
      return {
        status: 502,
        headers: { 'content-type': 'text/html' },
        body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
      };
    default:
      return failure(500, 'Server is busy');
  }
}

function failure(status: number, message: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(errorBody(status, [{ message, context: null }])),
  };
}
