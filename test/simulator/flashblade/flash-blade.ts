import { ApiError, errorBody } from '../common/api-error.ts';
import type { Operation } from '../common/api-facts.ts';
import { project } from '../common/api-facts.ts';
import { checkParameters, notFound, operationOf, parseBody } from '../common/call-checks.ts';
import type { JsonObject } from '../common/json.ts';
import { Query } from '../common/query.ts';
import type { SimClock } from '../common/sim-clock.ts';
import type { ApiRequest, ApiResponse } from '../flasharray/flash-array.ts';
import type { Session } from '../flasharray/sessions.ts';
import { Sessions } from '../flasharray/sessions.ts';
import { apiVersion, NEWEST_VERSION, PUBLISHED_VERSIONS } from './api-facts.ts';
import type { FileDataPlane } from './data-plane.ts';
import { emptyItem } from './empty-item.ts';
import type { Effect, Plan, Reply } from './plan.ts';
import { ROUTES } from './routes.ts';
import type { GivenSettings, Settings } from './settings.ts';
import { completeSettings } from './settings.ts';
import { BladeState } from './state.ts';

export interface FlashBladeOptions {
  readonly clock: SimClock;
  /** Absent: file systems hold no files, and every answer is synchronous. */
  readonly fileDataPlane?: FileDataPlane;
}

const RESOURCE_URL = /^\/api\/(\d+\.(?:\d+|latest))\/([a-z0-9/-]+)$/;

/** One simulated FlashBlade: a state machine from requests to answers. It knows no sockets, and no time but its clock's. */
export class FlashBlade {
  readonly kind = 'flashblade';
  readonly settings: Settings;
  readonly state: BladeState;
  readonly sessions: Sessions;
  readonly #clock: SimClock;
  readonly #dataPlane: FileDataPlane | null;
  /** With a data plane, calls that touch files wait here for their turn. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(given: GivenSettings, options: FlashBladeOptions) {
    this.settings = completeSettings(given, PUBLISHED_VERSIONS);
    this.state = new BladeState(this.settings);
    this.sessions = new Sessions(this.settings, this.state.random);
    this.#clock = options.clock;
    this.#dataPlane = options.fileDataPlane ?? null;
  }

  /** Tells the data plane about this array; needed once, before the first request. */
  async prepare(): Promise<void> {
    await this.#dataPlane?.prepare({ name: this.settings.name, dataAddress: this.settings.dataAddress });
  }

  /** A promise only where a data plane has to act first. */
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse> {
    if (this.#dataPlane !== null && request.method !== 'GET') {
      const plane = this.#dataPlane;
      const answered = this.#turn.then(() => this.#handleWithFiles(request, plane));
      this.#turn = answered;
      return answered;
    }
    try {
      if (this.#dataPlane === null) {
        for (const item of this.state.expired(this.#clock.nowMs())) this.state.eradicate(item);
      }
      const prepared = this.#prepare(request);
      return 'status' in prepared ? prepared : this.#answer(prepared.plan.commit(), prepared.operation, request);
    } catch (error) {
      return this.#failure(error, request);
    }
  }

  async #handleWithFiles(request: ApiRequest, plane: FileDataPlane): Promise<ApiResponse> {
    try {
      for (const item of this.state.expired(this.#clock.nowMs())) {
        await runAll(this.state.eradicationEffects(item), plane);
        this.state.eradicate(item);
      }
      const prepared = this.#prepare(request);
      if ('status' in prepared) return prepared;
      await runAll(prepared.plan.effects, plane);
      return this.#answer(prepared.plan.commit(), prepared.operation, request);
    } catch (error) {
      return this.#failure(error, request);
    }
  }

  /** Login and logout carry no version, other than a FlashArray's. */
  #prepare(request: ApiRequest): ApiResponse | { readonly plan: Plan; readonly operation: Operation } {
    const queryStart = request.url.indexOf('?');
    const path = queryStart < 0 ? request.url : request.url.slice(0, queryStart);
    const query = Query.parse(queryStart < 0 ? '' : request.url.slice(queryStart + 1));
    const nowMs = this.#clock.nowMs();
    const sessionToken = request.headers['x-auth-token'];
    if (path === '/api/api_version') return json(200, { versions: this.#versionList() }, request);
    if (path === '/api/login') return this.#login(request, nowMs);
    const version = this.#versionOf(path);
    const session = this.#session(sessionToken, nowMs);
    if (path === '/api/logout') {
      requirePost(request);
      this.sessions.logout(sessionToken);
      return { status: 200, headers: commonHeaders(request), body: '' };
    }
    const operation = operationOf(version, request.method, RESOURCE_URL.exec(path)?.[2] ?? '');
    if (session.role === 'readonly' && request.method !== 'GET') {
      throw new ApiError(403, [{ message: 'Operation not permitted.', context: session.user }]);
    }
    checkParameters(operation, query);
    const handler = ROUTES[operation.name];
    if (handler === undefined) throw notFound(path);
    const body = parseBody(operation, request.body);
    return { plan: handler(this.state, { operation, minor: version.minor, query, body, nowMs }), operation };
  }

  #session(sessionToken: string | undefined, nowMs: number): Session {
    try {
      return this.sessions.require(sessionToken, nowMs, this.state.conditions.idleTimeoutMs);
    } catch (error) {
      throw error instanceof ApiError ? new ApiError(this.settings.endedSessionStatus, error.errors) : error;
    }
  }

  #versionOf(path: string): ReturnType<typeof apiVersion> {
    const newest = this.state.conditions.versions.at(-1) ?? NEWEST_VERSION;
    if (path === '/api/logout') return apiVersion(newest);
    const [, given = ''] = RESOURCE_URL.exec(path) ?? [];
    const version = given === '2.latest' ? newest : given;
    if (!this.state.conditions.versions.includes(version))
      throw new ApiError(404, [{ message: 'Invalid REST API version.', context: version }]);
    return apiVersion(version);
  }

  /** The array's own list; REST 1 is listed, as real ones do, but not served. */
  #versionList(): string[] {
    const legacy = Array.from({ length: 13 }, (_, minor) => `1.${minor}`);
    return [...legacy.slice(0, 9), '1.8.1', ...legacy.slice(9), ...this.state.conditions.versions];
  }

  #login(request: ApiRequest, nowMs: number): ApiResponse {
    requirePost(request);
    const { sessionToken, user } = this.sessions.login(request.headers['api-token'], nowMs);
    const answer = json(200, { username: user }, request);
    return { ...answer, headers: { ...answer.headers, 'x-auth-token': sessionToken } };
  }

  #answer({ items, page }: Reply, operation: Operation, request: ApiRequest): ApiResponse {
    if (items === null) return { status: 200, headers: commonHeaders(request), body: '' };
    const shape = operation.answer;
    const shown = shape === null ? items : items.map(item => project(item, shape));
    if (page === undefined) return json(200, { items: shown }, request);
    const envelope = { continuation_token: page.token, items: shown, total_item_count: page.total };
    if (page.aggregate === null || shape === null) return json(200, envelope, request);
    const total = { ...emptyItem(shape), ...project(page.aggregate, shape) };
    return json(200, { ...envelope, total: operation.total?.startsWith('array') === true ? [total] : total }, request);
  }

  #failure(error: unknown, request: ApiRequest): ApiResponse {
    if (error instanceof ApiError) return json(error.status, error.body(), request);
    const message = error instanceof Error ? error.message : String(error);
    return json(500, errorBody(500, [{ message: `Internal error: ${message}`, context: null }]), request);
  }
}

async function runAll(effects: readonly Effect[], plane: FileDataPlane): Promise<void> {
  for (const effect of effects) await effect(plane);
}

function requirePost({ method }: ApiRequest): void {
  if (method !== 'POST') throw new ApiError(405, [{ message: 'Method not allowed.', context: method }]);
}

function commonHeaders(request: ApiRequest): Record<string, string> {
  const requestId = request.headers['x-request-id'];
  return requestId === undefined ? {} : { 'x-request-id': requestId };
}

function json(status: number, body: JsonObject, request: ApiRequest): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...commonHeaders(request) },
    body: JSON.stringify(body),
  };
}
