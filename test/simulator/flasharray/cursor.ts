import { refuse } from '../common/api-error.ts';
import type { Call } from './plan.ts';

/** A row of a collection and where it stands: sequence numbers, compared from left to right; rows may share one. */
export interface Row<Entry> {
  readonly entry: Entry;
  readonly key: readonly number[];
}

/** Where the next page starts: after `same` rows of key `after`. */
interface Cursor {
  readonly after: readonly number[];
  readonly same: number;
}

export function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const order = value - (b[index] ?? -1);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

export function cursorAt(rows: readonly Row<unknown>[], position: number): Cursor {
  const after = rows[position - 1]?.key ?? [];
  let same = 0;
  while (same < position && compareKeys(rows[position - 1 - same]?.key ?? [], after) === 0) same++;
  return { after, same };
}

/** Rows before it may have gone, and rows after it may have come, since the cursor was made. */
export function positionAfter(rows: readonly Row<unknown>[], { after, same }: Cursor): number {
  const first = rows.findIndex(({ key }) => compareKeys(key, after) >= 0);
  if (first < 0) return rows.length;
  let position = first;
  while (position < first + same && compareKeys(rows[position]?.key ?? [-1], after) === 0) position++;
  return position;
}

/** Opaque to clients; good for one endpoint only. */
export function encodeCursor({ operation }: Call, { after, same }: Cursor): string {
  return Buffer.from(JSON.stringify([operation.name, after, same])).toString('base64');
}

export function decodeCursor({ operation }: Call, token: string): Cursor {
  const parsed = parse(Buffer.from(token, 'base64').toString('utf8'));
  const [name, after, same] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  const isWhole = Array.isArray(after) && after.every(value => typeof value === 'number') && typeof same === 'number';
  if (name !== operation.name || !isWhole) throw refuse('Invalid continuation token.', token);
  return { after, same };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
