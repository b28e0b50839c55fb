import { checkEnvelope, checkFailure, checkShape, elements, parseObject } from '../common/shape-check.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';

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
    const body = parseObject(answer.body);
    if (body === null) return [`${place}: body is no JSON object`];
    const isListing = method === 'GET';
    return [
      ...checkEnvelope(place, body, isListing ? LISTING_KEYS : ['items'], isListing ? OPTIONAL_LISTING_KEYS : []),
      ...elements(body.items).flatMap((item, index) => checkShape(`${place}: items[${index}]`, item, operation.answer)),
      ...elements(body.total).flatMap(item => checkShape(`${place}: total`, item, operation.answer)),
    ];
  }
}
