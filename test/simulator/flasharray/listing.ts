import { refuse } from '../common/api-error.ts';
import type { Filter } from '../common/filter.ts';
import { compileFilter } from '../common/filter.ts';
import type { Json, JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';
import type { Call, Plan } from './plan.ts';
import { answer } from './plan.ts';

/** Largest and default page. */
const PAGE_LIMIT = 1000;

interface Entry<Item> {
  readonly record: Item;
  readonly build: (record: Item) => JsonObject;
  built: JsonObject | null;
}

function itemOf<Item>(entry: Entry<Item>): JsonObject {
  entry.built ??= entry.build(entry.record);
  return entry.built;
}

/** Properties that a record holds under the answer's own name: filtering by them builds no items. */
const DIRECT = new Set(['id', 'name', 'serial']);

function readProperty<Item>(entry: Entry<Item>, path: string): unknown {
  if (DIRECT.has(path)) {
    const value = (entry.record as Record<string, unknown>)[path];
    if (value !== undefined) return value;
  }
  return path
    .replace(/\[(?:any|all)\]/, '')
    .split('.')
    .reduce<unknown>(
      (value, key) => (Array.isArray(value) ? value.flatMap(element => step(element, key)) : step(value, key)),
      itemOf(entry),
    );
}

function step(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** Answers a GET of a collection: filter, sort, count, page. `total` sums up all that passed the filter. */
export function list<Item extends object>(
  call: Call,
  records: Iterable<Item>,
  build: (record: Item) => JsonObject,
  total?: (items: readonly JsonObject[]) => JsonObject,
): Plan {
  const { query } = call;
  let entries = Array.from(records, (record): Entry<Item> => ({ record, build, built: null }));
  const filterText = query.text('filter');
  if (filterText !== undefined && filterText !== '') entries = select(entries, compileFilter(filterText));
  const sort = query.text('sort');
  if (sort !== undefined && sort !== '') entries = sorted(entries, sort);

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

function select<Item>(entries: readonly Entry<Item>[], filter: Filter): Entry<Item>[] {
  return entries.filter(entry => filter(path => readProperty(entry, path)));
}

function sorted<Item>(entries: readonly Entry<Item>[], sort: string): Entry<Item>[] {
  const keys = sort.split(',').map(key => ({
    path: key.replace(/^[-+]|[-+]$/g, ''),
    sign: key.endsWith('-') || key.startsWith('-') ? -1 : 1,
  }));
  return [...entries].sort((a, b) => {
    for (const { path, sign } of keys) {
      const order = compareValues(readProperty(a, path), readProperty(b, path));
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [sortText(a), sortText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value);
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
