import type { ApiVersion, Operation } from './api-facts.ts';
import type { JsonObject } from './json.ts';
import { checkEnvelope, checkFailure, checkShape, elements, parseObject } from './shape-check.ts';

interface ValidatedAnswer {
  readonly status: number;
  readonly body: string;
}

/** What a family says of its answers. */
export interface AnswerRules {
  /** REST versions that are described. */
  readonly versions: readonly string[];
  apiVersion(version: string): ApiVersion;
  /** Sentences about what is wrong around a listing's items. */
  checkListing(place: string, operation: Operation, body: JsonObject): string[];
}

/** Checks answers against the facts derived from the vendor's API description of the version that was called. */
export class AnswerValidator {
  readonly #rules: AnswerRules;

  constructor(rules: AnswerRules) {
    this.#rules = rules;
  }

  /** Sentences about what is wrong; empty when nothing is. */
  check(method: string, url: string, answer: ValidatedAnswer): string[] {
    const match = /^\/api\/(\d+\.\d+)\/([a-z0-9/-]+)/.exec(url);
    const [, version = '', resource = ''] = match ?? [];
    if (match === null || !this.#rules.versions.includes(version)) return [];
    const place = `${method} ${resource} in ${version}`;
    if (answer.status >= 400) return checkFailure(place, answer.body);
    const operation = this.#rules.apiVersion(version).operations.get(`${method} ${resource}`);
    if (operation === undefined) return [`${place}: answered ${answer.status}, but this version has no such operation`];
    if (operation.answer === null) return answer.body === '' ? [] : [`${place}: has a body, but should not`];
    const body = parseObject(answer.body);
    if (body === null) return [`${place}: body is no JSON object`];
    const isListing = method === 'GET';
    return [
      ...(isListing ? this.#rules.checkListing(place, operation, body) : checkEnvelope(place, body, ['items'], [])),
      ...elements(body.items).flatMap((item, index) => checkShape(`${place}: items[${index}]`, item, operation.answer)),
    ];
  }
}
