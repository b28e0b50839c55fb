import type { Operation } from '../common/api-facts.ts';
import type { Json, JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';
import type { Query } from '../common/query.ts';
import type { FileDataPlane } from './data-plane.ts';

/** One authorised, well-formed call. */
export interface Call {
  readonly operation: Operation;
  /** Minor of the REST version it was made with. */
  readonly minor: number;
  readonly query: Query;
  readonly body: Json;
  readonly nowMs: number;
}

export interface Reply {
  /** Null: the answer has no body. */
  readonly items: readonly JsonObject[] | null;
  /** Keys of a listing's envelope. */
  readonly page?: {
    readonly token: string | null;
    readonly total: number;
    readonly aggregate: JsonObject | null;
  };
}

export type Effect = (plane: FileDataPlane) => Promise<void>;

/** What a validated call will do: first to files (may fail: nothing happened), then to the array's state (cannot fail). */
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
