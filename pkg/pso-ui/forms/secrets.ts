import type { Field } from './field.ts';
import type { FormModel } from './form-model.ts';
import { isList, isObject, type Json, type JsonObject, type Path } from './json.ts';

/** Shown instead of a secret, wherever values are drawn as text. */
export const CONCEALED = '••••••';

/** Names of secret keys in lower case: they count wherever they stand, also in lists that the schema does not know. */
export function secretNames(fields: readonly Field[]): ReadonlySet<string> {
  const names = fields.flatMap(field =>
    field.kind === 'secret' ? [(field.path.at(-1) ?? '').toLowerCase()] : [...secretNames(field.item)],
  );
  return new Set(names);
}

const isEmpty = (value: Json): boolean => value === null || value === '';

/** Where secrets stand in these values; indices of lists are keys, e.g. `["arrays","FlashArrays","0","APIToken"]`. */
export function secretPaths(model: FormModel, values: JsonObject): readonly Path[] {
  const names = secretNames(model.fields);
  const walk = (value: Json, path: Path): readonly Path[] => {
    if (names.has((path.at(-1) ?? '').toLowerCase())) return isEmpty(value) ? [] : [path];
    if (isList(value)) return value.flatMap((item, index) => walk(item, [...path, String(index)]));
    return isObject(value) ? Object.entries(value).flatMap(([key, item]) => walk(item, [...path, key])) : [];
  };
  return walk(values, []);
}

/** A copy for the eye: diffs, YAML views, support bundles. Never write it back. */
export const concealSecrets = (model: FormModel, values: JsonObject): JsonObject =>
  withMarks(model, values, () => CONCEALED);

/** A copy to take elsewhere. Concealed secrets would be taken for tokens there; empty ones are refused by the chart. */
export const emptySecrets = (model: FormModel, values: JsonObject): JsonObject => withMarks(model, values, () => '');

/** A copy in which each secret is the text that `mark` gives for it. */
export function withMarks(model: FormModel, values: JsonObject, mark: (secret: Json) => string): JsonObject {
  const names = secretNames(model.fields);
  const conceal = (value: Json): Json => {
    if (isList(value)) return value.map(conceal);
    return isObject(value) ? concealObject(value) : value;
  };
  const concealObject = (object: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        const isSecret = names.has(key.toLowerCase()) && !isEmpty(value);
        return [key, isSecret ? mark(value) : conceal(value)];
      }),
    );
  return concealObject(values);
}
