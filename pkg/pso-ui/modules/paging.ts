/** One page of a list that is filtered and sorted, by the server (Steve, SQL cache) or here (page-of.ts). */
export interface PageQuery {
  readonly page: number;
  readonly size: number;
  /** Path of the object, `-` before it for the other direction. */
  readonly sort?: string;
  /** Each must hold; within one, terms that are separated by commas are alternatives. */
  readonly filters?: readonly string[];
  readonly namespace?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of all pages together. */
  readonly count: number;
}

/** `collection`: address of the list of one kind. */
export function pageAddress(collection: string, { page, size, sort, filters = [], namespace }: PageQuery): string {
  const parameters = [
    ['page', String(page)],
    ['pagesize', String(size)],
    ...(sort === undefined ? [] : [['sort', sort]]),
    ...filters.map(filter => ['filter', filter]),
    ['exclude', 'metadata.managedFields'],
  ];
  return address(collection, namespace, parameters);
}

/** All of them, of a namespace if the query names one: for a server that neither filters nor sorts. */
export const listAddress = (collection: string, { namespace }: PageQuery): string =>
  address(collection, namespace, [['exclude', 'metadata.managedFields']]);

function address(
  collection: string,
  namespace: string | undefined,
  parameters: readonly (readonly string[])[],
): string {
  const text = parameters.map(([key = '', value = '']) => `${key}=${encodeURIComponent(value)}`).join('&');
  return `${collection}${namespace === undefined ? '' : `/${namespace}`}?${text}`;
}

/** What was typed into a search, without what has a meaning in filters; Kubernetes' names hold none of it. */
export const searchTerm = (typed: string): string => typed.toLowerCase().replace(/[^-a-z0-9./]/g, '');

/** A filter that any of the paths holds the text; null when there is nothing to search for. */
export function searchFilter(typed: string, paths: readonly string[]): string | null {
  const term = searchTerm(typed);
  return term === '' ? null : paths.map(path => `${path}~"${term}"`).join(',');
}
