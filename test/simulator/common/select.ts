import { checkEach, refuse } from './api-error.ts';
import type { Query } from './query.ts';
import type { Identified, Registry } from './registry.ts';

interface Call {
  readonly query: Query;
}

interface MaybeDestroyed extends Identified {
  readonly destroyedMs: number | null;
}

/** Objects given by `names` or `ids`; undefined when neither is. Any that does not exist refuses the whole call. */
export function named<Item extends Identified>(
  call: Call,
  registry: Registry<Item>,
  missingMessage: string,
  parameters: { readonly names: string; readonly ids: string } = { names: 'names', ids: 'ids' },
): Item[] | undefined {
  const names = call.query.list(parameters.names);
  const ids = call.query.list(parameters.ids);
  if (names !== undefined && ids !== undefined) {
    throw refuse('Invalid combination of parameters specified.', `${parameters.names}, ${parameters.ids}`);
  }
  if (names !== undefined) return checkEach(names, name => registry.find(name) ?? none(missingMessage, name));
  if (ids !== undefined) return checkEach(ids, id => registry.findId(id) ?? none(missingMessage, id));
  return undefined;
}

/** As `named`, where one must be given. */
export function targets<Item extends Identified>(call: Call, registry: Registry<Item>, missingMessage: string): Item[] {
  return named(call, registry, missingMessage) ?? none('Missing required parameter: names.', null);
}

function none(message: string, name: string | null): never {
  throw refuse(message, name);
}

/** Live and destroyed alike, unless `destroyed` says which; objects that were named must then be of that kind. */
export function byDestroyed<Item extends MaybeDestroyed>(
  call: Call,
  all: Iterable<Item>,
  chosen: Item[] | undefined,
  missingMessage: string,
): Iterable<Item> {
  const wanted = call.query.flag('destroyed');
  const items = chosen ?? all;
  if (wanted === undefined) return items;
  const fits = (item: Item): boolean => (item.destroyedMs !== null) === wanted;
  if (chosen !== undefined) return checkEach(chosen, item => (fits(item) ? item : none(missingMessage, item.name)));
  return Array.from(items).filter(fits);
}
