import { AnswerValidator } from '../common/answer-validator.ts';
import { checkEnvelope, checkShape, elements } from '../common/shape-check.ts';
import { apiVersion, PUBLISHED_VERSIONS } from './api-facts.ts';

/** Keys of a listing's envelope; `total` and `errors` come only where they are asked for. */
const LISTING_KEYS = ['continuation_token', 'items', 'more_items_remaining', 'total_item_count'];
const OPTIONAL_LISTING_KEYS = ['total', 'errors'];

export const ARRAY_ANSWERS = new AnswerValidator({
  versions: PUBLISHED_VERSIONS,
  apiVersion,
  checkListing: (place, operation, body) => [
    ...checkEnvelope(place, body, LISTING_KEYS, OPTIONAL_LISTING_KEYS),
    ...elements(body.total).flatMap(item => checkShape(`${place}: total`, item, operation.answer)),
  ],
});
