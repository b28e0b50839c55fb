import type { Page, PageQuery } from './paging.ts';

/** `path=value`, `path!=value`, `path~part`; the value may stand in quotes. */
const TERM = /^([^=!~]+)(!=|=|~)"?([^"]*)"?$/;
/** `metadata.labels[app.kubernetes.io/name]` is three steps, `metadata.fields[5]` as well. */
const STEP = /\[([^\]]+)\]|[^.[\]]+/g;

/** The page of a whole list that a server with SQL would answer. */
export function pageOf<Item>(items: readonly Item[], { page, size, sort, filters = [] }: PageQuery): Page<Item> {
  const found = items.filter(item => filters.every(filter => filter.split(',').some(term => holds(item, term))));
  const sorted = sort === undefined ? found : sortedBy(found, sort);
  return { items: sorted.slice((page - 1) * size, page * size), count: found.length };
}

function holds(item: unknown, term: string): boolean {
  const [, path = '', operator, value = ''] = TERM.exec(term) ?? [];
  const found = textAt(item, path);
  if (operator === '~') return found.toLowerCase().includes(value.toLowerCase());
  return (found === value) === (operator === '=');
}

function sortedBy<Item>(items: readonly Item[], sort: string): readonly Item[] {
  const isDescending = sort.startsWith('-');
  const path = isDescending ? sort.slice(1) : sort;
  const sorted = [...items].sort((a, b) => compare(textAt(a, path), textAt(b, path)));
  return isDescending ? sorted.reverse() : sorted;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function textAt(item: unknown, path: string): string {
  const steps = [...path.matchAll(STEP)].map(([step, key]) => key ?? step);
  const found = steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], item);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}
