import type { Operation } from '../common/api-facts.ts';
import type { JsonObject } from '../common/json.ts';
import { checkEnvelope, checkFailure, checkShape, elements, parseObject } from '../common/shape-check.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';

/** Keys of a listing's envelope; `total_item_count` is always a number. */
const LISTING_KEYS = ['continuation_token', 'items', 'total_item_count'];

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
    const body = parseObject(answer.body);
    if (body === null) return [`${place}: body is no JSON object`];
    const isListing = method === 'GET';
    return [
      ...(isListing ? checkListing(place, operation, body) : checkEnvelope(place, body, ['items'], [])),
      ...elements(body.items).flatMap((item, index) => checkShape(`${place}: items[${index}]`, item, operation.answer)),
    ];
  }
}

/** `total` is an object for some collections, a list of one for others, and absent for the rest. */
function checkListing(place: string, operation: Operation, body: JsonObject): string[] {
  const required = operation.total === null ? LISTING_KEYS : [...LISTING_KEYS, 'total'];
  const wrong = checkEnvelope(place, body, required, []);
  if (typeof body.total_item_count !== 'number') wrong.push(`${place}: total_item_count is no number`);
  if (operation.total === null) return wrong;
  const isList = operation.total.startsWith('array');
  const totals = isList ? elements(body.total) : [body.total ?? null];
  if (totals.length !== 1) wrong.push(`${place}: total does not hold one item`);
  return [...wrong, ...totals.flatMap(total => checkShape(`${place}: total`, total, operation.answer))];
}
