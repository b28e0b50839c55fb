import type { Shape } from '../common/api-facts.ts';
import type { Json, JsonObject } from '../common/json.ts';

/** A `total` before anything is summed up: every property of the version, null, nested objects alike. */
export function emptyItem(shape: Shape): JsonObject {
  const item: Record<string, Json> = {};
  for (const [name, { type, inner }] of shape.properties) {
    item[name] = type.startsWith('array') ? [] : inner === null ? null : emptyItem(inner);
  }
  return item;
}
