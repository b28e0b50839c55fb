import { refuse } from '../common/api-error.ts';
import type { Entry } from '../common/collection.ts';
import { entriesOf, itemOf } from '../common/collection.ts';
import type { JsonObject } from '../common/json.ts';
import type { Call, Plan } from './plan.ts';
import { answer } from './plan.ts';

/** Largest answer. Without `limit` there are no pages: clients, the vendor's own too, take the first answer for all. */
const MAX_ITEMS = 150_000;

/**
 * Answers a GET of a collection: filter, sort, count, page. `total` sums up all that passed the filter; collections
 * that have one always tell it. Records with an `id` must come in order of creation.
 */
export function list<Item extends object>(
  call: Call,
  records: Iterable<Item>,
  build: (record: Item) => JsonObject,
  total: (records: readonly Item[]) => JsonObject = () => ({}),
): Plan {
  const { query, operation } = call;
  const entries = entriesOf(query, records, build);
  const isTotalOnly = query.flag('total_only') === true;
  const isSorted = (query.text('sort') ?? '') !== '';
  const start = startOf(call, entries, isSorted);
  const limit = Math.min(query.integer('limit') ?? MAX_ITEMS, MAX_ITEMS);
  const shown = isTotalOnly ? [] : entries.slice(start, start + limit);
  const isMore = shown.length > 0 && start + shown.length < entries.length;
  return answer({
    items: shown.map(itemOf),
    page: {
      token: isMore && !isSorted ? tokenFor(call, entries, start + shown.length) : null,
      total: entries.length,
      aggregate: operation.total === null ? null : total(entries.map(({ record }) => record)),
    },
  });
}

/** Where a record stands among those of its collection: ids ascend. Without an id, its position does. */
function rankOf(record: object, position: number): number {
  return 'id' in record && typeof record.id === 'string' ? Number.parseInt(record.id.slice(-12), 16) : position;
}

function startOf<Item extends object>(call: Call, entries: readonly Entry<Item>[], isSorted: boolean): number {
  const token = call.query.text('continuation_token') ?? '';
  if (token === '') return call.query.integer('offset') ?? 0;
  if (isSorted) throw refuse('Invalid combination of parameters specified.', 'continuation_token, sort');
  const [name, last] = Buffer.from(token, 'base64').toString('utf8').split('#');
  if (name !== call.operation.name || last === undefined || !/^\d+$/.test(last))
    throw refuse('Invalid continuation token.', token);
  const start = entries.findIndex(({ record }, position) => rankOf(record, position) > Number(last));
  return start < 0 ? entries.length : start;
}

/** Names the last row shown, so that pages neither repeat nor miss one while others come and go. */
function tokenFor<Item extends object>(call: Call, entries: readonly Entry<Item>[], end: number): string {
  const last = entries[end - 1];
  const rank = last === undefined ? 0 : rankOf(last.record, end - 1);
  return Buffer.from(`${call.operation.name}#${rank}`).toString('base64');
}
