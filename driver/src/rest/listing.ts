import type { Fields } from './fields.ts';

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
