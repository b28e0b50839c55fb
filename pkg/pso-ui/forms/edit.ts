import type { Field } from './field.ts';
import { entryOf, type Entry, type FormModel } from './form-model.ts';
import { type JsonObject, withoutValue, withValue } from './json.ts';

/** The user's values with one field changed; every other key, known or not, stays as and where it is. */
export function setEntry(userValues: JsonObject, field: Field, entry: Entry): JsonObject {
  if (entry.state === 'default') return withoutValue(userValues, field.path);
  return withValue(userValues, field.path, entry.state === 'null' ? null : entry.value);
}

/** What no field shows: unknown keys, groups set to null, groups without content. Forms list it and keep it. */
export const extrasOf = (model: FormModel, userValues: JsonObject): JsonObject =>
  model.fields.reduce((rest, field) => withoutValue(rest, field.path), userValues);

/** Fields that the user set, null included. */
export const setFields = (model: FormModel, userValues: JsonObject): readonly Field[] =>
  model.fields.filter(field => entryOf(field, userValues).state !== 'default');
