import type { CallContext } from '../backend.ts';
import type { Priority } from '../../rest/queue.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import type { ArrayFacts } from './array-facts.ts';
import type { HostDirectory } from './host-directory.ts';

/** What every operation on one FlashArray needs. */
export interface ArrayContext {
  readonly rest: RestClient;
  readonly facts: ArrayFacts;
  readonly hosts: HostDirectory;
  readonly serials: BoundedMap;
  /** Names whose tags this process has written; only of use below the REST version that takes tags in the body. */
  readonly tagged: BoundedMap;
}

export const at = (priority: Priority, call: CallContext): RestCall => ({
  priority,
  requestId: call.requestId,
  deadlineMs: call.deadlineMs,
  signal: call.signal,
});

/** A cache that forgets its oldest entry instead of growing. */
export class BoundedMap {
  readonly #entries = new Map<string, string>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#maximum) return;
    const oldest = this.#entries.keys().next();
    if (oldest.done !== true) this.#entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
