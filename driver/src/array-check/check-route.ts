import { PsoError } from '../domain/errors.ts';
import type { ErrorId } from '../domain/errors.ts';
import type { ArrayCheck } from './array-check.ts';
import { readQuestion } from './read-question.ts';

interface CheckAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const STATUS: Partial<Readonly<Record<ErrorId, number>>> = {
  'array-check-invalid': 400,
  'array-check-forbidden': 403,
  'array-check-busy': 429,
  bug: 500,
};

const json = (status: number, value: object): CheckAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** Text of a question → `ArrayCheckAnswer`, also where the array refused; else `{ error, reference }` with one sentence. */
export async function answerCheck(check: ArrayCheck, text: string): Promise<CheckAnswer> {
  try {
    return json(200, await check.ask(readQuestion(text)));
  } catch (thrown) {
    const error = PsoError.from(thrown);
    const status = error.id === null ? undefined : STATUS[error.id];
    return json(status ?? 503, { error: error.sentence, reference: error.reference });
  }
}
