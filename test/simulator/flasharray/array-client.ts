import type { JsonObject } from '../common/json.ts';
import { SimClock } from '../common/sim-clock.ts';
import { ARRAY_ANSWERS } from './answer-validator.ts';
import { NEWEST_VERSION } from './api-facts.ts';
import type { ApiResponse, FlashArrayOptions } from './flash-array.ts';
import { FlashArray } from './flash-array.ts';
import type { GivenSettings } from './settings.ts';

const GIB = 2 ** 30;

export interface Answer {
  readonly status: number;
  readonly items: readonly JsonObject[];
  readonly total: unknown;
  readonly token: string | null;
  readonly more: boolean;
  /** Of the first error. */
  readonly message: string | undefined;
}

/** For tests: speaks to one array with one session; every answer is validated. */
export class ArrayClient {
  readonly array: FlashArray;
  readonly clock: SimClock;
  #session = '';
  version = NEWEST_VERSION;

  constructor(settings: Partial<GivenSettings> = {}, options: Partial<FlashArrayOptions> = {}) {
    this.clock = options.clock ?? SimClock.virtual(1_790_000_000_000);
    this.array = new FlashArray({ name: 'one', ...settings }, { ...options, clock: this.clock });
  }

  async login(role: 'admin' | 'readonly' = 'admin'): Promise<void> {
    const token = this.array.settings.tokens.find(one => one.role === role)?.token;
    const response = await this.array.handle({
      method: 'POST',
      url: `/api/${this.version}/login`,
      headers: { 'api-token': token },
      body: '',
    });
    this.#session = response.headers['x-auth-token'] ?? '';
  }

  /** As the array answered. */
  async raw(method: string, path: string, body?: unknown): Promise<ApiResponse> {
    const url = `/api/${this.version}/${path}`;
    const headers = { 'x-auth-token': this.#session };
    const text = body === undefined ? '' : JSON.stringify(body);
    const response: ApiResponse = await this.array.handle({ method, url, headers, body: text });
    const wrong = ARRAY_ANSWERS.check(method, url, response);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return response;
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.raw(method, path, body);
    const parsed = (response.body === '' ? {} : JSON.parse(response.body)) as Record<string, unknown>;
    const errors = (parsed.errors ?? []) as readonly { readonly message: string }[];
    return {
      status: response.status,
      items: (parsed.items ?? []) as readonly JsonObject[],
      total: parsed.total_item_count,
      token: (parsed.continuation_token ?? null) as string | null,
      more: parsed.more_items_remaining === true,
      message: errors[0]?.message,
    };
  }

  async volume(name: string, provisioned = GIB): Promise<Answer> {
    return this.call('POST', `volumes?names=${encodeURIComponent(name)}`, { provisioned });
  }

  async names(path: string): Promise<unknown[]> {
    return (await this.call('GET', path)).items.map(({ name }) => name);
  }
}
