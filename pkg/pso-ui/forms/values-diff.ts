import { isEqual, isObject, type Json, type JsonObject, type Path } from './json.ts';

/** One key that a save would change. Lists count as one value, as Helm replaces them whole. */
export interface Change {
  readonly path: Path;
  /** Undefined: the key is new. */
  readonly before: Json | undefined;
  /** Undefined: the key goes, so that the chart's default counts again. */
  readonly after: Json | undefined;
}

/** What differs between two sets of user values, in the order of the keys. */
export function changesBetween(before: JsonObject, after: JsonObject, path: Path = []): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap(key => changesAt(own(before, key), own(after, key), [...path, key]));
}

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function changesAt(before: Json | undefined, after: Json | undefined, path: Path): readonly Change[] {
  if (isEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) return changesBetween(before, after, path);
  const grown = isObject(after) && before === undefined ? changesBetween({}, after, path) : [];
  const shrunk = isObject(before) && after === undefined ? changesBetween(before, {}, path) : [];
  const inner = [...grown, ...shrunk];
  return inner.length > 0 ? inner : [{ path, before, after }];
}
