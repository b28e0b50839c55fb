import { ApiError, errorBody } from '../common/api-error.ts';
import type { Operation } from '../common/api-facts.ts';
import { project } from '../common/api-facts.ts';
import { checkParameters, notFound, operationOf, parseBody } from '../common/call-checks.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';
import { arrivalsAt } from './arrivals.ts';
import { ArrayNetwork } from './array-network.ts';
import { planInContexts } from './contexts.ts';
import type { DataPlane } from './data-plane.ts';
import { settlePods } from './pod-health.ts';
import type { JsonObject } from '../common/json.ts';
import type { Effect, Plan, Reply } from './plan.ts';
import { allPorts, bareWwns } from './ports.ts';
import { Query } from '../common/query.ts';
import { versionList } from './resources/array.ts';
import { ROUTES } from './routes.ts';
import type { Sessions } from './sessions.ts';
import type { GivenSettings, Protocol, Settings } from './settings.ts';
import { completeSettings } from './settings.ts';
import type { SimClock } from '../common/sim-clock.ts';
import { ArrayState } from './state.ts';

export interface ApiRequest {
  /** Upper case. */
  readonly method: string;
  /** With query, e.g. `/api/2.26/volumes?names=a`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Empty: none. */
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FlashArrayOptions {
  readonly clock: SimClock;
  /** Absent: volumes hold no data, and every answer is synchronous. */
  readonly dataPlane?: DataPlane;
  /** The arrays that it can replicate with; absent: none. */
  readonly network?: ArrayNetwork;
  /** False while it is switched off, for its peers to notice. */
  readonly isUp?: () => boolean;
}

const RESOURCE_URL = /^\/api\/(\d+\.\d+)\/([a-z0-9/-]+)$/;

/** One simulated array: a state machine from requests to answers. It knows no sockets, and no time but its clock's. */
export class FlashArray {
  readonly settings: Settings;
  readonly state: ArrayState;
  readonly network: ArrayNetwork;
  readonly sessions: Sessions;
  readonly #clock: SimClock;
  readonly #dataPlane: DataPlane | null;

  constructor(given: GivenSettings, options: FlashArrayOptions) {
    this.settings = completeSettings(given, PUBLISHED_VERSIONS);
    this.network = options.network ?? new ArrayNetwork();
    this.state = new ArrayState(this.settings, this.network);
    this.network.join(this.state, options.isUp ?? ((): boolean => true));
    this.sessions = this.state.sessions;
    this.#clock = options.clock;
    this.#dataPlane = options.dataPlane ?? null;
    this.state.holdsData = this.#dataPlane !== null;
  }

  /** Tells the data plane about this array; needed once, before the first request. */
  async prepare(): Promise<void> {
    const { name, iqn, nqn } = this.settings;
    const ports = allPorts(this.settings);
    const of = (protocol: Protocol): string[] =>
      ports.flatMap(port => (port.protocol === protocol && port.portal !== null ? [port.portal] : []));
    const wwns = bareWwns(this.settings);
    const [portals, nvmeTcpPortals, nvmeRocePortals] = [of('iscsi'), of('nvme-tcp'), of('nvme-roce')];
    await this.#dataPlane?.prepare({ name, iqn, nqn, portals, nvmeTcpPortals, nvmeRocePortals, wwns });
  }

  /** A promise only where a data plane has to act first. */
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse> {
    const nowMs = this.#clock.nowMs();
    settlePods(this.state, nowMs);
    if (this.#dataPlane !== null && (request.method !== 'GET' || arrivalsAt(this.state, nowMs).length > 0)) {
      return this.#inTurn(request, this.#dataPlane);
    }
    try {
      for (const item of this.state.expired(nowMs)) {
        if (this.#dataPlane === null) this.state.eradicate(item);
      }
      for (const arrival of arrivalsAt(this.state, nowMs)) arrival.commit();
      const prepared = this.#prepare(request);
      return 'status' in prepared ? prepared : this.#answer(prepared.plan.commit(), prepared, request);
    } catch (error) {
      return this.#failure(error, request);
    }
  }

  /** Arrays that replicate to each other share data: their calls wait for each other. */
  #inTurn(request: ApiRequest, plane: DataPlane): Promise<ApiResponse> {
    const neighbours = this.network.neighbours(this.state);
    const before = Promise.all(neighbours.map(({ turn }) => turn));
    const answered = before.then(() => this.#handleWithData(request, plane));
    for (const neighbour of neighbours) neighbour.turn = answered;
    return answered;
  }

  async #handleWithData(request: ApiRequest, plane: DataPlane): Promise<ApiResponse> {
    try {
      const nowMs = this.#clock.nowMs();
      for (const item of this.state.expired(nowMs)) {
        await runAll(this.state.eradicationEffects(item), plane);
        this.state.eradicate(item);
      }
      for (const arrival of arrivalsAt(this.state, nowMs)) {
        await runAll(arrival.effects, plane);
        arrival.commit();
      }
      const prepared = this.#prepare(request);
      if ('status' in prepared) return prepared;
      await runAll(prepared.plan.effects, plane);
      return this.#answer(prepared.plan.commit(), prepared, request);
    } catch (error) {
      return this.#failure(error, request);
    }
  }

  #prepare(request: ApiRequest): ApiResponse | { readonly plan: Plan; readonly operation: Operation } {
    const queryStart = request.url.indexOf('?');
    const path = queryStart < 0 ? request.url : request.url.slice(0, queryStart);
    const query = Query.parse(queryStart < 0 ? '' : request.url.slice(queryStart + 1));
    if (path === '/api/api_version') return json(200, versionList(this.state), request);
    const match = RESOURCE_URL.exec(path);
    const [, version = '', resource = ''] = match ?? [];
    if (!this.state.conditions.versions.includes(version))
      throw new ApiError(404, [{ message: 'Invalid REST API version.', context: version }]);
    const known = apiVersion(version);
    const nowMs = this.#clock.nowMs();
    if (request.method === 'POST' && resource === 'login') return this.#login(request, nowMs);
    const operation = operationOf(known, request.method, resource);
    const session = this.sessions.require(request.headers['x-auth-token'], nowMs, this.state.conditions.idleTimeoutMs);
    if (resource === 'logout') {
      this.sessions.logout(request.headers['x-auth-token']);
      return { status: 200, headers: commonHeaders(request), body: '' };
    }
    if (session.role === 'readonly' && request.method !== 'GET') {
      throw new ApiError(403, [{ message: 'Operation not permitted.', context: session.user }]);
    }
    checkParameters(operation, query);
    const handler = ROUTES[operation.name];
    if (handler === undefined) throw notFound(path);
    const body = parseBody(operation, request.body);
    const call = { operation, minor: known.minor, query, body, nowMs };
    return { plan: planInContexts(this.state, call, handler), operation };
  }

  #login(request: ApiRequest, nowMs: number): ApiResponse {
    const { sessionToken, user } = this.sessions.login(request.headers['api-token'], nowMs);
    const answer = json(200, { items: [{ username: user }] }, request);
    return { ...answer, headers: { ...answer.headers, 'x-auth-token': sessionToken } };
  }

  #answer(reply: Reply, { operation }: { readonly operation: Operation }, request: ApiRequest): ApiResponse {
    const { items, page, errors } = reply;
    if (items === null) return { status: 200, headers: commonHeaders(request), body: '' };
    const shape = operation.answer;
    const shown = shape === null ? items : items.map(item => project(item, shape));
    if (page === undefined) return json(200, { items: shown }, request);
    const status = errors === undefined ? 200 : 207;
    const envelope = {
      ...(errors === undefined ? {} : errorBody(status, errors)),
      continuation_token: page.token,
      items: shown,
      more_items_remaining: page.more,
      total_item_count: page.total,
    };
    if (page.aggregate === undefined || shape === null) return json(status, envelope, request);
    return json(status, { ...envelope, total: [project(page.aggregate, shape)] }, request);
  }

  #failure(error: unknown, request: ApiRequest): ApiResponse {
    if (error instanceof ApiError) return json(error.status, error.body(), request);
    const message = error instanceof Error ? error.message : String(error);
    return json(500, errorBody(500, [{ message: `Internal error: ${message}`, context: null }]), request);
  }
}

async function runAll(effects: readonly Effect[], plane: DataPlane): Promise<void> {
  for (const effect of effects) await effect(plane);
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
