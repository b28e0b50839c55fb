import { refuse } from '../common/api-error.ts';
import type { Entry } from '../common/collection.ts';
import { entriesOf, itemOf } from '../common/collection.ts';
import type { JsonObject } from '../common/json.ts';
import type { Row } from './cursor.ts';
import { compareKeys, cursorAt, decodeCursor, encodeCursor, positionAfter } from './cursor.ts';
import type { Call, Plan } from './plan.ts';
import { answer } from './plan.ts';
import { sequenceOf } from './state.ts';
import { totalOf } from './totals.ts';

/** Largest and default page. */
const PAGE_LIMIT = 1000;

/** Records whose ids say where a row stands in its collection: they ascend as records are created. */
export type Anchor<Item> = (record: Item) => readonly { readonly id: string }[];

/**
 * Answers a GET of a collection: filter, sort, total, count, page. `anchor` is needed where rows have no `id` of their
 * own; the fixed parts of an array need none.
 */
export function list<Item extends object>(
  call: Call,
  records: Iterable<Item>,
  build: (record: Item) => JsonObject,
  anchor: Anchor<Item> = ownId,
): Plan {
  const { query } = call;
  const entries = entriesOf(query, records, build);
  const limit = call.isUnpaged === true ? Infinity : Math.min(query.integer('limit') ?? PAGE_LIMIT, PAGE_LIMIT);
  const aggregate = wantsTotal(call, limit) ? totalOf(entries.map(itemOf), call.operation.answer) : undefined;
  const page = query.flag('total_only') === true ? NO_PAGE : pageOf(call, entries, limit, anchor);
  return answer({
    items: page.shown.map(itemOf),
    page: {
      more: page.more,
      token: page.token,
      total: query.flag('total_item_count') === true ? entries.length : null,
      ...(aggregate === undefined ? {} : { aggregate }),
    },
  });
}

/** Endpoints that know `total_only` always tell a total; counting alone (`limit=0`) stays cheap. */
function wantsTotal({ operation, query }: Call, limit: number): boolean {
  return (
    operation.parameters.has('total_only') && limit !== Infinity && (limit > 0 || query.flag('total_only') === true)
  );
}

interface Page<Item> {
  readonly shown: readonly Entry<Item>[];
  readonly more: boolean;
  readonly token: string | null;
}
const NO_PAGE = { shown: [], more: false, token: null };

function pageOf<Item>(call: Call, entries: readonly Entry<Item>[], limit: number, anchor: Anchor<Item>): Page<Item> {
  const { query } = call;
  const token = query.text('continuation_token') ?? '';
  const isSorted = (query.text('sort') ?? '') !== '';
  if (token !== '' && isSorted)
    throw refuse('Invalid combination of parameters specified.', 'continuation_token, sort');
  const offset = query.integer('offset') ?? 0;
  if (token === '' && entries.length <= offset + limit) return { ...NO_PAGE, shown: entries.slice(offset) };
  const rows = isSorted ? entries.map(entry => ({ entry, key: [] })) : ordered(entries, anchor);
  const start = token === '' ? offset : positionAfter(rows, decodeCursor(call, token));
  const shown = rows.slice(start, start + limit);
  const end = start + shown.length;
  const more = limit > 0 && end < rows.length;
  return {
    shown: shown.map(({ entry }) => entry),
    more,
    token: more && !isSorted ? encodeCursor(call, cursorAt(rows, end)) : null,
  };
}

const ownId = (record: object): readonly { readonly id: string }[] =>
  'id' in record && typeof record.id === 'string' ? [{ id: record.id }] : [];

/** Rows in order of creation: pages then neither repeat nor miss one while others come and go. */
function ordered<Item>(entries: readonly Entry<Item>[], anchor: Anchor<Item>): Row<Entry<Item>>[] {
  const rows = entries.map(entry => ({ entry, key: anchor(entry.record).map(({ id }) => sequenceOf(id)) }));
  return rows.sort((a, b) => compareKeys(a.key, b.key));
}
