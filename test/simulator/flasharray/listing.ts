import { refuse } from '../common/api-error.ts';
import { entriesOf, itemOf } from '../common/collection.ts';
import type { Json, JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';
import type { Call, Plan } from './plan.ts';
import { answer } from './plan.ts';

/** Largest and default page. */
const PAGE_LIMIT = 1000;

/** Answers a GET of a collection: filter, sort, count, page. `total` sums up all that passed the filter. */
export function list<Item extends object>(
  call: Call,
  records: Iterable<Item>,
  build: (record: Item) => JsonObject,
  total?: (items: readonly JsonObject[]) => JsonObject,
): Plan {
  const { query } = call;
  const sort = query.text('sort');
  const entries = entriesOf(query, records, build);

  const isTotalOnly = query.flag('total_only') === true;
  const wantsTotal = isTotalOnly || (call.operation.parameters.has('total_only') && total !== undefined);
  const aggregate = wantsTotal && total !== undefined && isTotalOnly ? total(entries.map(itemOf)) : undefined;
  const start = startOf(call, sort);
  const limit = Math.min(query.integer('limit') ?? PAGE_LIMIT, PAGE_LIMIT);
  const shown = isTotalOnly ? [] : entries.slice(start, start + limit);
  const more = !isTotalOnly && limit > 0 && start + shown.length < entries.length;
  return answer({
    items: shown.map(itemOf),
    page: {
      more,
      token: more && (sort === undefined || sort === '') ? encodeToken(start + shown.length) : null,
      total: query.flag('total_item_count') === true ? entries.length : null,
      ...(aggregate === undefined ? {} : { aggregate }),
    },
  });
}

function startOf(call: Call, sort: string | undefined): number {
  const token = call.query.text('continuation_token');
  if (token === undefined || token === '') return call.query.integer('offset') ?? 0;
  if (sort !== undefined) throw refuse('Invalid combination of parameters specified.', 'continuation_token, sort');
  const position = /^page:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))?.[1];
  if (position === undefined) throw refuse('Invalid continuation token.', token);
  return Number(position);
}

function encodeToken(position: number): string {
  return Buffer.from(`page:${position}`).toString('base64');
}

/** A `total` item: named numbers summed up, all else null, nested objects alike. */
export function sumOf(items: readonly JsonObject[], template: JsonObject, summed: ReadonlySet<string>): JsonObject {
  const total: Record<string, Json> = {};
  for (const [key, value] of Object.entries(template)) {
    if (isObject(value)) {
      total[key] = sumOf(
        items.map(item => (isObject(item[key]) ? item[key] : {})),
        value,
        summed,
      );
    } else if (summed.has(key)) {
      total[key] = items.reduce((sum, item) => sum + (typeof item[key] === 'number' ? item[key] : 0), 0);
    } else total[key] = Array.isArray(value) ? [] : null;
  }
  return total;
}
