import type { JsonObject } from '../common/json.ts';
import type { BladeState } from './state.ts';

/** How answers say "no such object". */
export const NO_REFERENCE: JsonObject = { name: null, id: null, resource_type: null };

export function reference(item: { readonly name: string; readonly id: string } | null, type: string): JsonObject {
  return item === null ? NO_REFERENCE : { name: item.name, id: item.id, resource_type: type };
}

/** As `reference`, with the place where it is. */
export function locatedReference(
  state: BladeState,
  item: { readonly name: string; readonly id: string } | null,
  type: string,
): JsonObject {
  return {
    ...reference(item, type),
    location: item === null ? NO_REFERENCE : state.context,
    is_local: true,
    display_name: item?.name ?? null,
  };
}
