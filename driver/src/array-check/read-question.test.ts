import { describe, expect, it } from '@jest/globals';
import { readQuestion } from './read-question.ts';

const entry = { MgmtEndPoint: 'fa1', APIToken: 'canary' };

describe('a question about an array', () => {
  it('has one entry of one list', () => {
    expect(readQuestion(JSON.stringify({ ticket: 't', FlashBlades: [entry] }))).toEqual({
      ticket: 't',
      list: 'FlashBlades',
      entry,
    });
  });

  it.each<[string | object, RegExp]>([
    ['{"APIToken":"canary"', /no JSON/],
    [[entry], /no JSON object/],
    [{ FlashArrays: [entry] }, /ticket is missing/],
    [{ ticket: '', FlashArrays: [entry] }, /ticket is missing/],
    [{ ticket: 't' }, /no array/],
    [{ ticket: 't', FlashArrays: ['canary'] }, /no array/],
    [{ ticket: 't', FlashArrays: entry }, /no list/],
    [{ ticket: 't', FlashArrays: [entry, entry] }, /more than one array/],
    [{ ticket: 't', FlashArrays: [entry], FlashBlades: [entry] }, /more than one array/],
    [{ ticket: 't', FlashArrays: [entry], canary: 1 }, /a key beside/],
  ])('is refused when it is %j, and nothing of it is repeated', (body, words) => {
    const read = (): unknown => readQuestion(typeof body === 'string' ? body : JSON.stringify(body));
    expect(read).toThrow(words);
    expect(read).not.toThrow(/canary/);
  });
});
