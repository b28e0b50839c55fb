import { isEqual, isObject, type Json, type JsonObject } from './json.ts';

/**
 * The user's values on top of the chart's defaults: maps are merged, lists and scalars replaced, null kept.
 * Rancher's install page gives a chart's form these (shell/pages/c/_cluster/apps/charts/install.vue).
 */
export function overlay(defaults: JsonObject, userValues: JsonObject): JsonObject {
  const merge = (below: Json | undefined, above: Json): Json =>
    isObject(below) && isObject(above) ? overlay(below, above) : above;
  const own = (key: string): Json | undefined => (Object.hasOwn(defaults, key) ? defaults[key] : undefined);
  const changed = Object.entries(userValues).map(([key, value]): [string, Json] => [key, merge(own(key), value)]);
  return Object.fromEntries([...Object.entries(defaults), ...changed]);
}

/**
 * The inverse, as that page computes what it sends: equal keys are left out, lists are sent whole, and a default
 * that is missing is sent as null (shell/utils/object.js, `diff`).
 */
export function difference(defaults: JsonObject, merged: JsonObject): JsonObject {
  const missing = Object.keys(defaults).filter(key => !Object.hasOwn(merged, key));
  const changed = Object.entries(merged).flatMap(([key, value]): [string, Json][] => {
    const below = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
    if (isEqual(below, value)) return [];
    if (!isObject(below) || !isObject(value)) return [[key, value]];
    const inner = difference(below, value);
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return Object.fromEntries([...changed, ...missing.map((key): [string, Json] => [key, null])]);
}

/** What templates see: Helm drops a default that the user sets to null. */
export function effective(defaults: JsonObject, userValues: JsonObject): JsonObject {
  const withoutNulls = (value: Json): Json =>
    isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, inner]) => inner !== null)
            .map(([key, inner]) => [key, withoutNulls(inner)]),
        )
      : value;
  return withoutNulls(overlay(defaults, userValues)) as JsonObject;
}
