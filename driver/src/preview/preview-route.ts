import { PsoError } from '../domain/errors.ts';
import type { PsoErrorCode } from '../domain/errors.ts';
import type { WhatIf } from '../orchestrator/what-if.ts';
import { readQuestion } from './read-question.ts';

/** Never part of a cached or logged page: the answer is for the one who asks. */
interface PreviewAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is not the asker's fault, or not worth another look, is 503. */
const STATUS: Partial<Readonly<Record<PsoErrorCode, number>>> = { invalid: 400, 'out-of-range': 400, bug: 500 };

const json = (status: number, value: object): PreviewAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** Text of a question → `WhatIfAnswer`, or `{ error, reference }` with one sentence. */
export async function answerPreview(whatIf: WhatIf, text: string): Promise<PreviewAnswer> {
  try {
    return json(200, await whatIf.ask(readQuestion(text)));
  } catch (thrown) {
    const error = PsoError.from(thrown);
    return json(STATUS[error.code] ?? 503, { error: error.sentence, reference: error.reference });
  }
}
