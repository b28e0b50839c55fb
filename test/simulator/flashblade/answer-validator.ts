import { AnswerValidator } from '../common/answer-validator.ts';
import type { Operation } from '../common/api-facts.ts';
import type { JsonObject } from '../common/json.ts';
import { checkEnvelope, checkShape, elements } from '../common/shape-check.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';

/** Keys of a listing's envelope; `total_item_count` is always a number. */
const LISTING_KEYS = ['continuation_token', 'items', 'total_item_count'];

export const BLADE_ANSWERS = new AnswerValidator({ versions: PUBLISHED_VERSIONS, apiVersion, checkListing });

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
