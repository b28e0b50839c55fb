import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../../driver/src/rest/transport.ts';

export type Answer = HttpResponse | TransportError | Promise<HttpResponse>;
export type Rule = (request: HttpRequest) => Answer | null;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers,
  body: JSON.stringify(body),
});

export const refusal = (message: string, context = ''): HttpResponse => json(400, { errors: [{ message, context }] });

export const items = (...list: readonly object[]): HttpResponse =>
  json(200, { items: list, more_items_remaining: false, continuation_token: null });

export const lost = (): TransportError => new TransportError('connection-lost', 'unknown', 'ECONNRESET');
export const unreachable = (): TransportError => new TransportError('unreachable', 'not-sent', 'ECONNREFUSED');

export const TOKEN = 'canary-6f1c-token';

/**
 * An array that says what the test tells it. Rules are asked newest first; versions, login and logout answer by
 * themselves unless a rule does. What no rule answers fails the test.
 */
export class ScriptedTransport implements Transport {
  /** All requests, in order, e.g. `POST /volumes?names=v`; sessions apart. */
  readonly calls: string[] = [];
  readonly requests: HttpRequest[] = [];
  logins = 0;
  logouts = 0;
  isClosed = false;
  versions = ['1.19', '2.0', '2.4', '2.26', '2.39', '2.42'];
  readonly #rules: Rule[] = [];

  /** `pattern` is matched with `METHOD /path?query`, decoded, without `/api/2.x`. Answers are used in turn, the last for ever. */
  on(pattern: string | RegExp, ...answers: readonly (Answer | ((request: HttpRequest) => Answer))[]): this {
    let index = 0;
    return this.rule(request => {
      const line = lineOf(request);
      if (typeof pattern === 'string' ? !line.startsWith(pattern) : !pattern.test(line)) return null;
      const answer = answers[Math.min(index, answers.length - 1)];
      index += 1;
      return (typeof answer === 'function' ? answer(request) : answer) ?? null;
    });
  }

  rule(rule: Rule): this {
    this.#rules.unshift(rule);
    return this;
  }

  async exchange(request: HttpRequest): Promise<HttpResponse> {
    const line = lineOf(request);
    const isSession = /(api_version|\/login|\/logout)$/.test(line);
    if (!isSession) {
      this.calls.push(line);
      this.requests.push(request);
    }
    if (line === 'POST /login') this.logins += 1;
    if (line === 'POST /logout') this.logouts += 1;
    await Promise.resolve();
    for (const rule of this.#rules) {
      const answer = await rule(request);
      if (answer instanceof TransportError) throw answer;
      if (answer) return answer;
    }
    if (line === 'GET /api/api_version') return json(200, { version: this.versions });
    if (line === 'POST /login') return json(200, { items: [] }, { 'x-auth-token': `session-${this.logins}` });
    if (line === 'POST /logout') return { status: 200, headers: {}, body: '' };
    throw new Error(`The test has no answer for ${line}`);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

const lineOf = (request: HttpRequest): string =>
  `${request.method} ${decodeURIComponent(request.path.replace(/^\/api\/2\.\d+/, ''))}`;
