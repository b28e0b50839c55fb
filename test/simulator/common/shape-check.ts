import type { Shape } from './api-facts.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** Null unless it is a JSON object. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Empty unless it is an array. */
export function elements(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function checkFailure(place: string, text: string): string[] {
  const errors = elements(parseObject(text)?.errors);
  const isWellFormed =
    errors.length > 0 &&
    errors.every(error => isObject(error) && typeof error.message === 'string' && 'context' in error);
  return isWellFormed ? [] : [`${place}: a failure without errors[].message and context`];
}

/** Keys that an answer must have, and may have besides. */
export function checkEnvelope(
  place: string,
  body: JsonObject,
  required: readonly string[],
  optional: readonly string[],
): string[] {
  return [
    ...required.filter(key => !(key in body)).map(key => `${place}: ${key} is missing`),
    ...Object.keys(body)
      .filter(key => !required.includes(key) && !optional.includes(key))
      .map(key => `${place}: ${key} is unknown`),
    ...(Array.isArray(body.items) ? [] : [`${place}: items is no array`]),
  ];
}

/** Real answers carry every property of their version, null where there is no value; so must these. */
export function checkShape(place: string, item: Json, shape: Shape | null): string[] {
  if (shape === null) return [];
  if (!isObject(item)) return [`${place}: is no object`];
  const wrong: string[] = [];
  for (const key of Object.keys(item)) if (!shape.properties.has(key)) wrong.push(`${place}.${key}: is unknown`);
  for (const [key, { type, inner }] of shape.properties) {
    const value = item[key];
    if (value === undefined) wrong.push(`${place}.${key}: is missing`);
    else if (!fitsType(type, value)) wrong.push(`${place}.${key}: ${JSON.stringify(value)} is no ${type}`);
    else if (inner !== null && value !== null) {
      const nested = Array.isArray(value) ? elements(value) : [value];
      for (const element of nested) wrong.push(...checkInner(`${place}.${key}`, element, inner));
    }
  }
  return wrong;
}

/** Inside, real answers leave properties out (references without id, …): only unknown ones and wrong types count. */
function checkInner(place: string, item: Json, shape: Shape): string[] {
  if (!isObject(item)) return [`${place}: is no object`];
  return Object.entries(item).flatMap(([key, value]) => {
    const known = shape.properties.get(key);
    if (known === undefined) return [`${place}.${key}: is unknown`];
    return fitsType(known.type, value) ? [] : [`${place}.${key}: ${JSON.stringify(value)} is no ${known.type}`];
  });
}

function fitsType(type: string, value: Json): boolean {
  if (value === null || type === 'any') return true;
  if (type.startsWith('array:'))
    return Array.isArray(value) && elements(value).every(element => fitsType(type.slice(6), element));
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return isObject(value);
  return typeof value === type;
}
