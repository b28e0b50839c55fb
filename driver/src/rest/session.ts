import type { Clock } from '../lib/clock.ts';
import type { RestDialect } from './dialect.ts';
import { fromAnswer, fromTransport, malformed } from './failures.ts';
import { RestError } from './rest-error.ts';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

const LOGIN_TIMEOUT_MS = 15_000;
const LOGOUT_TIMEOUT_MS = 2_000;
/** A refused token is not shown again for so long: repeated bad logins may lock the account. */
const REFUSED_MS = 10_000;

export interface SessionToken {
  readonly value: string;
  /** REST 2.`minor`, the newest both sides know. */
  readonly minor: number;
  /** Whose token it is; null where the array does not tell. */
  readonly user: string | null;
}

export interface SessionOptions {
  readonly array: string;
  readonly dialect: RestDialect;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly apiToken: string;
  readonly userAgent: string;
}

/** Newest common minor of REST 2; throws in words when there is none. */
function negotiate(array: string, dialect: RestDialect, body: string): number {
  const { versionsKey, oldestMinor, newestMinor, isAnother, upgrade } = dialect;
  const listed = parseVersions(array, body);
  const versions = listed[versionsKey];
  if (versions === undefined && (listed.version ?? listed.versions) !== undefined) {
    throw new RestError('too-old', `Array ${array} ${isAnother[0]}.`, isAnother[1]);
  }
  if (!Array.isArray(versions)) throw malformed(array, 'there is no list of REST versions', false);
  const minors = versions
    .map(version => /^2\.(\d{1,4})$/.exec(String(version))?.[1])
    .flatMap(minor => (minor === undefined ? [] : [Number(minor)]))
    .filter(minor => minor >= oldestMinor && minor <= newestMinor);
  if (minors.length > 0) return Math.max(...minors);
  const newest = newestOf(versions.map(String));
  const isNewer = newest !== null && newestOf([newest, `2.${newestMinor}`]) === newest;
  throw new RestError(
    isNewer ? 'too-new' : 'too-old',
    `Array ${array} speaks no REST version from 2.${oldestMinor} to 2.${newestMinor}; its newest is ${newest ?? 'none'}.`,
    isNewer ? 'Upgrade this driver to a release that knows that version.' : upgrade,
  );
}

/** Lists need not be in order. */
const newestOf = (versions: readonly string[]): string | null =>
  versions
    .filter(version => /^\d+\.\d+$/.test(version))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1) ?? null;

function parseVersions(array: string, body: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw malformed(array, 'the list of REST versions is no JSON', false, error);
  }
  if (typeof parsed === 'object' && parsed !== null) return parsed as Readonly<Record<string, unknown>>;
  throw malformed(array, 'there is no list of REST versions', false);
}

/** A FlashArray answers `{items: [{username}]}`, a FlashBlade `{username}`. */
function userOf(body: string): string | null {
  const [, name] = /"username"\s*:\s*"([\w.@+-]{1,128})"/.exec(body) ?? [];
  return name ?? null;
}

/** One login for everybody. A request that meets 401 calls `expire` with the token it used and asks again. */
export class Session {
  readonly #options: SessionOptions;
  #token: SessionToken | null = null;
  #login: Promise<SessionToken> | null = null;
  #refused: { readonly error: RestError; readonly untilMs: number } | null = null;
  #logins = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get logins(): number {
    return this.#logins;
  }

  /** The token when there is one: no promise on the warm path. */
  get current(): SessionToken | null {
    return this.#token;
  }

  /** The login is shared, so it heeds its own time limit and no single caller's signal. */
  async open(): Promise<SessionToken> {
    if (this.#token) return this.#token;
    if (this.#refused && this.#options.clock.nowMs() < this.#refused.untilMs) throw this.#refused.error;
    this.#login ??= this.#logIn().finally(() => {
      this.#login = null;
    });
    return this.#login;
  }

  /** Of many requests that met 401 with one token, only the first makes a new login. */
  expire(used: SessionToken): void {
    if (this.#token === used) this.#token = null;
  }

  /** Best effort: sessions left behind count against the array. */
  async close(): Promise<void> {
    const token = this.#token;
    this.#token = null;
    if (token === null) return;
    try {
      await this.#exchange(
        'POST',
        this.#options.dialect.logout(token.minor),
        { 'x-auth-token': token.value },
        LOGOUT_TIMEOUT_MS,
      );
    } catch {
      // The array ends idle sessions by itself.
    }
  }

  async #logIn(): Promise<SessionToken> {
    const { array, apiToken, dialect } = this.#options;
    const listed = await this.#exchange('GET', '/api/api_version', {}, LOGIN_TIMEOUT_MS);
    if (listed.status !== 200) throw this.#answerError(listed);
    const minor = negotiate(array, dialect, listed.body);
    this.#logins += 1;
    const answer = await this.#exchange('POST', dialect.login(minor), { 'api-token': apiToken }, LOGIN_TIMEOUT_MS);
    if (answer.status === 401 || answer.status === 403 || answer.status === 400) throw this.#refuse(answer);
    if (answer.status !== 200) throw this.#answerError(answer);
    const value = answer.headers['x-auth-token'];
    if (value === undefined || value === '') throw malformed(array, 'the login gave no x-auth-token', false);
    this.#refused = null;
    this.#token = { value, minor, user: userOf(answer.body) };
    return this.#token;
  }

  #refuse(answer: HttpResponse): RestError {
    const { array, clock, dialect } = this.#options;
    // What the array says is left out: it might quote the token.
    const error = new RestError(
      'unauthenticated',
      `Array ${array} refused the API token (HTTP ${answer.status}).`,
      `Create a token on the array (${dialect.makeToken}) and set it as APIToken in the array's entry.`,
      { status: answer.status },
    );
    this.#refused = { error, untilMs: clock.nowMs() + REFUSED_MS };
    return error;
  }

  #answerError(answer: HttpResponse): RestError {
    return fromAnswer(this.#options.array, answer, false, this.#options.clock.wallMs());
  }

  async #exchange(
    method: HttpRequest['method'],
    path: string,
    headers: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<HttpResponse> {
    const { array, transport, userAgent } = this.#options;
    try {
      return await transport.exchange({
        method,
        path,
        headers: { 'user-agent': userAgent, accept: 'application/json', ...headers },
        body: null,
        timeoutMs,
        signal: null,
      });
    } catch (error) {
      if (error instanceof TransportError) throw fromTransport(array, error, false);
      throw error;
    }
  }
}
