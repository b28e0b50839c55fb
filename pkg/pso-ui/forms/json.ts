/** What YAML and JSON can say; Helm values are one `JsonObject`. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
/** Keys from the top of the values; a list of keys, because keys of labels may hold dots. */
export type Path = readonly string[];

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** Own keys only: `constructor` and `__proto__` may be keys of a user's labels. */
const child = (value: Json | undefined, key: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The value at the path; undefined where a key is missing or something above it is no object. */
export const at = (value: Json | undefined, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => child(inner, key), value);

/** A copy in which the path holds the value. Other keys keep their order; what stands in the way is replaced. */
export function withValue(object: JsonObject, [key, ...rest]: Path, value: Json): JsonObject {
  if (key === undefined) return object;
  const inner = child(object, key);
  const next = rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value);
  return Object.hasOwn(object, key)
    ? Object.fromEntries(Object.entries(object).map(([name, old]) => [name, name === key ? next : old]))
    : Object.fromEntries([...Object.entries(object), [key, next]]);
}

/** A copy without the path, and without groups that became empty by that. */
export function withoutValue(object: JsonObject, [key, ...rest]: Path): JsonObject {
  if (key === undefined || !Object.hasOwn(object, key)) return object;
  const drop = (): JsonObject => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  if (rest.length === 0) return drop();
  const inner = object[key];
  if (!isObject(inner)) return object;
  const next = withoutValue(inner, rest);
  if (next === inner) return object;
  return Object.keys(next).length === 0 ? drop() : withValue(object, [key], next);
}

/** Equal as YAML: the order of keys does not matter, the order of lists does. */
export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  if (!isObject(a)) return Object.is(a, b) || (a === 0 && b === 0);
  if (!isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

/** A value as one line of text, e.g. `true`, `20`, `{"a":1}`; absent is empty. */
export const textOf = (value: Json | undefined): string => {
  if (value === undefined) return '';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
};
