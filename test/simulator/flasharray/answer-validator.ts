import type { Shape } from './api-facts.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** Keys of a listing's envelope; `total` and `errors` come only where they are asked for. */
const LISTING_KEYS = ['continuation_token', 'items', 'more_items_remaining', 'total_item_count'];
const OPTIONAL_LISTING_KEYS = ['total', 'errors'];

export interface ValidatedAnswer {
  readonly status: number;
  readonly body: string;
}

/** Checks answers against the facts derived from the vendor's API description of the version that was called. */
export class AnswerValidator {
  /** Sentences about what is wrong; empty when nothing is. */
  check(method: string, url: string, answer: ValidatedAnswer): string[] {
    const match = /^\/api\/(\d+\.\d+)\/([a-z0-9/-]+)/.exec(url);
    const [, version = '', resource = ''] = match ?? [];
    if (match === null || !PUBLISHED_VERSIONS.includes(version)) return [];
    const place = `${method} ${resource} in ${version}`;
    if (answer.status >= 400) return checkFailure(place, answer.body);
    const operation = apiVersion(version).operations.get(`${method} ${resource}`);
    if (operation === undefined) return [`${place}: answered ${answer.status}, but this version has no such operation`];
    if (operation.answer === null) return answer.body === '' ? [] : [`${place}: has a body, but should not`];
    const body = parse(answer.body);
    if (body === null) return [`${place}: body is no JSON object`];
    return [
      ...checkEnvelope(place, body, method === 'GET'),
      ...elements(body.items).flatMap((item, index) => checkShape(`${place}: items[${index}]`, item, operation.answer)),
      ...elements(body.total).flatMap(item => checkShape(`${place}: total`, item, operation.answer)),
    ];
  }
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function elements(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function checkFailure(place: string, text: string): string[] {
  const errors = elements(parse(text)?.errors);
  const isWellFormed =
    errors.length > 0 &&
    errors.every(error => isObject(error) && typeof error.message === 'string' && 'context' in error);
  return isWellFormed ? [] : [`${place}: a failure without errors[].message and context`];
}

function checkEnvelope(place: string, body: JsonObject, isListing: boolean): string[] {
  const required = isListing ? LISTING_KEYS : ['items'];
  const allowed = isListing ? [...LISTING_KEYS, ...OPTIONAL_LISTING_KEYS] : ['items'];
  return [
    ...required.filter(key => !(key in body)).map(key => `${place}: ${key} is missing`),
    ...Object.keys(body)
      .filter(key => !allowed.includes(key))
      .map(key => `${place}: ${key} is unknown`),
    ...(Array.isArray(body.items) ? [] : [`${place}: items is no array`]),
  ];
}

/** Real answers carry every property of their version, null where there is no value; so must these. */
function checkShape(place: string, item: Json, shape: Shape | null): string[] {
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
