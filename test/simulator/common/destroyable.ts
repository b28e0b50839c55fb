import type { Identified } from './registry.ts';

export interface Destroyable extends Identified {
  readonly createdMs: number;
  /** Null while live. */
  destroyedMs: number | null;
}

/** Milliseconds until eradication; null while live. */
export const timeRemaining = ({ destroyedMs }: Destroyable, delayMs: number, nowMs: number): number | null =>
  destroyedMs === null ? null : Math.max(0, destroyedMs + delayMs - nowMs);

/** Those whose time has run out, by the rank of their kind. */
export function expired<Kind extends string, Item extends Destroyable & { readonly kind: Kind }>(
  destroyed: ReadonlySet<Item>,
  rank: Readonly<Record<Kind, number>>,
  delayMs: number,
  nowMs: number,
): Item[] {
  if (destroyed.size === 0) return [];
  return [...destroyed]
    .filter(item => timeRemaining(item, delayMs, nowMs) === 0)
    .sort((a, b) => rank[a.kind] - rank[b.kind]);
}

/** Cheap, unique in the fleet, ascending with `count`. */
export function objectId(arrayId: string, count: number): string {
  const own = arrayId.replaceAll('-', '');
  const tail = count.toString(16).padStart(12, '0');
  return `${own.slice(0, 8)}-${own.slice(8, 12)}-${own.slice(12, 16)}-${own.slice(16, 20)}-${tail}`;
}
