import type { Fields } from './fields.ts';

/** What is wanted of a collection. `sort`: a property, `-` after it for descending order; such an answer has no token. */
export interface ListQuery {
  readonly filter?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly token?: string | null;
}

export const listQuery = ({ filter, sort, limit, token }: ListQuery) => ({
  filter: filter ?? null,
  sort: sort ?? null,
  limit: limit ?? null,
  continuation_token: token ?? null,
});

export interface Listing<T> {
  readonly items: readonly T[];
  /** Continuation token; null at the end. */
  readonly next: string | null;
}

/** FlashArrays say also in words whether there is more; a FlashBlade's token alone does. */
export function nextOf(answer: Fields | null): string | null {
  const token = answer?.continuation_token;
  return answer?.more_items_remaining !== false && typeof token === 'string' && token !== '' ? token : null;
}
