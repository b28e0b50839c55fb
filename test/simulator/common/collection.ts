import type { Filter } from './filter.ts';
import { compileFilter } from './filter.ts';
import type { JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Query } from './query.ts';

/** A record on its way into a listing; its item is built when it is first needed. */
export interface Entry<Item> {
  readonly record: Item;
  readonly build: (record: Item) => JsonObject;
  built: JsonObject | null;
}

export function itemOf<Item>(entry: Entry<Item>): JsonObject {
  entry.built ??= entry.build(entry.record);
  return entry.built;
}

/** All that pass `filter`, in the order of `sort`. */
export function entriesOf<Item extends object>(
  query: Query,
  records: Iterable<Item>,
  build: (record: Item) => JsonObject,
): Entry<Item>[] {
  let entries = Array.from(records, (record): Entry<Item> => ({ record, build, built: null }));
  const filterText = query.text('filter');
  if (filterText !== undefined && filterText !== '') entries = select(entries, compileFilter(filterText));
  const sort = query.text('sort');
  return sort === undefined || sort === '' ? entries : sorted(entries, sort);
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
