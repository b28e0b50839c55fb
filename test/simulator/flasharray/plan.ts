import type { ErrorEntry } from '../common/api-error.ts';
import type { Operation } from '../common/api-facts.ts';
import type { DataPlane } from './data-plane.ts';
import type { Json, JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';
import type { Query } from '../common/query.ts';

/** One authorised, well-formed call. */
export interface Call {
  readonly operation: Operation;
  /** Minor of the REST version it was made with. */
  readonly minor: number;
  readonly query: Query;
  readonly body: Json;
  readonly nowMs: number;
  /** Asked for by the simulator itself: a listing is then as long as it is. */
  readonly isUnpaged?: boolean;
}

export interface Reply {
  /** Null: the answer has no body. */
  readonly items: readonly JsonObject[] | null;
  /** Contexts that failed, where that is allowed: status 207. */
  readonly errors?: readonly ErrorEntry[];
  /** Keys of a listing's envelope. */
  readonly page?: {
    readonly more: boolean;
    readonly token: string | null;
    readonly total: number | null;
    readonly aggregate?: JsonObject;
  };
}

export type Effect = (plane: DataPlane) => Promise<void>;

/** What a validated call will do: first to data (may fail: nothing happened), then to the array's state (cannot fail). */
export interface Plan {
  readonly effects: readonly Effect[];
  readonly commit: () => Reply;
}

export function answer(reply: Reply): Plan {
  return { effects: [], commit: () => reply };
}

export const NO_BODY: Reply = { items: null };

export function bodyObject(call: Call): JsonObject {
  return isObject(call.body) ? call.body : {};
}

/** The body's elements, where a body is an array. */
export function bodyList(call: Call): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(call.body) ? (call.body as readonly Json[]) : [];
  return list.filter(isObject);
}
