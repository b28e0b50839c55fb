import { expect } from '@jest/globals';
import type { JsonObject } from '../common/json.ts';
import { SimClock } from '../common/sim-clock.ts';
import type { ApiResponse } from '../flasharray/flash-array.ts';
import { BLADE_ANSWERS } from './answer-validator.ts';
import { NEWEST_VERSION } from './api-facts.ts';
import type { FileDataPlane } from './data-plane.ts';
import { FlashBlade } from './flash-blade.ts';
import type { GivenSettings } from './settings.ts';

export interface Answer {
  readonly status: number;
  readonly items: readonly JsonObject[];
  readonly count: unknown;
  readonly total: unknown;
  readonly token: string | null;
  /** Of the first error. */
  readonly message: string | undefined;
}

/** Speaks to one FlashBlade with one session; every answer is validated. For tests. */
export class TestClient {
  readonly array: FlashBlade;
  readonly clock = SimClock.virtual(1_790_000_000_000);
  #session = '';
  version = NEWEST_VERSION;

  constructor(fileDataPlane?: FileDataPlane, settings: Partial<GivenSettings> = {}) {
    this.array = new FlashBlade(
      { name: 'blade', ...settings },
      { clock: this.clock, ...(fileDataPlane === undefined ? {} : { fileDataPlane }) },
    );
  }

  async login(role: 'admin' | 'readonly' = 'admin'): Promise<ApiResponse> {
    const token = this.array.settings.tokens.find(one => one.role === role)?.token;
    const response = await this.array.handle({
      method: 'POST',
      url: '/api/login',
      headers: { 'api-token': token },
      body: '',
    });
    this.#session = response.headers['x-auth-token'] ?? '';
    return response;
  }

  async raw(method: string, url: string, body = ''): Promise<ApiResponse> {
    return this.array.handle({ method, url, headers: { 'x-auth-token': this.#session }, body });
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = `/api/${this.version}/${path}`;
    const response = await this.raw(method, url, body === undefined ? '' : JSON.stringify(body));
    expect(BLADE_ANSWERS.check(method, url, response)).toEqual([]);
    const parsed = (response.body === '' ? {} : JSON.parse(response.body)) as Record<string, unknown>;
    const errors = (parsed.errors ?? []) as readonly { readonly message: string }[];
    return {
      status: response.status,
      items: (parsed.items ?? []) as readonly JsonObject[],
      count: parsed.total_item_count,
      total: parsed.total,
      token: (parsed.continuation_token ?? null) as string | null,
      message: errors[0]?.message,
    };
  }

  /** Throws what was refused. */
  async item(method: string, path: string, body?: unknown): Promise<JsonObject> {
    const { items, message } = await this.call(method, path, body);
    const [item] = items;
    if (item === undefined) throw new Error(message ?? 'no items');
    return item;
  }

  async names(path: string): Promise<unknown[]> {
    return (await this.call('GET', path)).items.map(({ name }) => name);
  }
}
