import { PsoError } from '../domain/errors.ts';

/** An entry of `pure.json`, and the proof that the asker may ask. */
export interface CheckQuestion {
  readonly ticket: string;
  readonly list: 'FlashArrays' | 'FlashBlades';
  /** As in the file; `APIToken` may be missing for an array that is configured. */
  readonly entry: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Says nothing of what was sent: it may be a token in the wrong place. */
const invalid = (message: string): PsoError =>
  new PsoError(
    'array-check-invalid',
    message,
    'Send {"ticket": …, "FlashArrays": [one entry]}; docs/how-to/check-an-array.md has an example.',
  );

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // V8 quotes the text around the fault.
    throw invalid('The question is no JSON.');
  }
}

export function readQuestion(text: string): CheckQuestion {
  const given = parse(text);
  if (!isObject(given)) throw invalid('The question is no JSON object.');
  const { ticket, FlashArrays = [], FlashBlades = [], ...others } = given;
  if (typeof ticket !== 'string' || ticket === '') throw invalid('ticket is missing.');
  if (Object.keys(others).length > 0)
    throw invalid('The question has a key beside ticket, FlashArrays and FlashBlades.');
  if (!Array.isArray(FlashArrays) || !Array.isArray(FlashBlades))
    throw invalid('FlashArrays or FlashBlades is no list.');
  const [entry, ...more]: readonly unknown[] = [...(FlashArrays as unknown[]), ...(FlashBlades as unknown[])];
  if (more.length > 0) throw invalid('The question has more than one array.');
  if (!isObject(entry)) throw invalid('The question has no array.');
  return { ticket, list: FlashArrays.length > 0 ? 'FlashArrays' : 'FlashBlades', entry };
}
