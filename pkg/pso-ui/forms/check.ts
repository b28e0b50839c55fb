import { isList, isObject, type Json, type JsonObject, type Path, textOf } from './json.ts';
import { hasType, type JsonSchema, typeOf, typesOf } from './json-schema.ts';

/** One thing that Helm would refuse. `rule` names the text in l10n (`pso.check.<rule>`), `limit` fills it. */
export interface Problem {
  readonly path: Path;
  readonly rule: Rule;
  readonly limit: string;
}

export type Rule =
  | 'type'
  | 'anyOf'
  | 'enum'
  | 'required'
  | 'pattern'
  | 'minLength'
  | 'maxLength'
  | 'minimum'
  | 'maximum'
  | 'minItems'
  | 'maxItems'
  | 'additionalProperties';

/** Checks a value as Helm will: the keywords of `KEYWORDS` in json-schema.ts. Messages never hold the value. */
export function check(schema: JsonSchema, value: Json, path: Path = []): readonly Problem[] {
  if (schema.anyOf) return checkAnyOf(schema.anyOf, value, path);
  const types = typesOf(schema);
  const type = typeOf(value);
  if (types.length > 0 && !types.includes(type) && !(type === 'integer' && types.includes('number'))) {
    return [{ path, rule: 'type', limit: types.filter(name => name !== 'null').join(', ') }];
  }
  const allowed = schema.const === undefined ? schema.enum : [schema.const];
  if (allowed && !allowed.includes(value)) {
    return [
      {
        path,
        rule: 'enum',
        limit: allowed
          .filter(option => option !== null)
          .map(textOf)
          .join(', '),
      },
    ];
  }
  if (typeof value === 'string') return checkText(schema, value, path);
  if (typeof value === 'number') return checkNumber(schema, value, path);
  if (isList(value)) return checkList(schema, value, path);
  return isObject(value) ? checkObject(schema, value, path) : [];
}

/** The complaint of the alternative of the value's own type says more than "none fits". */
function checkAnyOf(options: readonly JsonSchema[], value: Json, path: Path): readonly Problem[] {
  const answers = options.map(option => check(option, value, path));
  if (answers.some(answer => answer.length === 0)) return [];
  const sameType = options.findIndex(option => hasType(option, typeOf(value)));
  const types = options.flatMap(typesOf).filter(name => name !== 'null');
  return answers[sameType] ?? [{ path, rule: 'anyOf', limit: [...new Set(types)].join(', ') }];
}

function checkText(schema: JsonSchema, value: string, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  const { pattern, minLength, maxLength } = schema;
  if (minLength !== undefined && value.length < minLength) {
    problems.push({ path, rule: 'minLength', limit: String(minLength) });
  }
  if (maxLength !== undefined && value.length > maxLength) {
    problems.push({ path, rule: 'maxLength', limit: String(maxLength) });
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    problems.push({ path, rule: 'pattern', limit: pattern });
  }
  return problems;
}

function checkNumber(schema: JsonSchema, value: number, path: Path): readonly Problem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const tooSmall = (minimum !== undefined && value < minimum) || (exclusiveMinimum ?? -Infinity) >= value;
  const tooLarge = (maximum !== undefined && value > maximum) || (exclusiveMaximum ?? Infinity) <= value;
  if (tooSmall) return [{ path, rule: 'minimum', limit: String(minimum ?? exclusiveMinimum) }];
  return tooLarge ? [{ path, rule: 'maximum', limit: String(maximum ?? exclusiveMaximum) }] : [];
}

function checkList(schema: JsonSchema, value: readonly Json[], path: Path): readonly Problem[] {
  const { items, minItems, maxItems } = schema;
  const problems = items ? value.flatMap((item, index) => check(items, item, [...path, String(index)])) : [];
  if (minItems !== undefined && value.length < minItems) {
    return [...problems, { path, rule: 'minItems', limit: String(minItems) }];
  }
  const tooLong = maxItems !== undefined && value.length > maxItems;
  return tooLong ? [...problems, { path, rule: 'maxItems', limit: String(maxItems) }] : problems;
}

function checkObject(schema: JsonSchema, value: JsonObject, path: Path): readonly Problem[] {
  const missing = (schema.required ?? []).filter(key => !Object.hasOwn(value, key));
  const required = missing.map((key): Problem => ({ path: [...path, key], rule: 'required', limit: key }));
  const inner = Object.entries(value).flatMap(([key, item]) => checkEntry(schema, key, item, [...path, key]));
  return [...required, ...inner];
}

function checkEntry(schema: JsonSchema, key: string, item: Json, path: Path): readonly Problem[] {
  const { properties, propertyNames, additionalProperties } = schema;
  const names = propertyNames ? check(propertyNames, key, path) : [];
  const known = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (known) return [...names, ...check(known, item, path)];
  if (additionalProperties === false) return [...names, { path, rule: 'additionalProperties', limit: key }];
  return typeof additionalProperties === 'object' ? [...names, ...check(additionalProperties, item, path)] : names;
}
