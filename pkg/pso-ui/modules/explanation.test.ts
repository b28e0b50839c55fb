import { describe, expect, it } from '@jest/globals';
import { explanationParts } from './explanation.ts';

const ARRAYS = ['fa-1', 'fa-2', 'fa-2.example', 'cbs.(x)'];

describe('the sentence about a placement', () => {
  it('is cut into what was chosen, the runner-up and each refusal', () => {
    const sentence =
      '15 GiB placed on fa-1 (space 25 %, load 3 %), figures 2 s old. Runner-up: fa-2 (space 40 %, load 1 %). ' +
      'Refused: fa-2.example: It has no label env, asked for: env=dev. See fa-1: it has one. cbs.(x): It is cordoned.';
    expect(explanationParts(sentence, ARRAYS)).toEqual({
      outcome: '15 GiB placed on fa-1 (space 25 %, load 3 %), figures 2 s old.',
      runnerUp: 'fa-2 (space 40 %, load 1 %)',
      refusals: [
        { array: 'fa-2.example', reason: 'It has no label env, asked for: env=dev. See fa-1: it has one.' },
        { array: 'cbs.(x)', reason: 'It is cordoned.' },
      ],
    });
  });

  it('is cut where no other array fits, and where none fits at all', () => {
    const alone = '1.5 TiB placed on fa-1, figures 0 s old. No other array fits. Refused: fa-2: It is full.';
    expect(explanationParts(alone, ARRAYS)).toEqual({
      outcome: '1.5 TiB placed on fa-1, figures 0 s old.',
      runnerUp: '',
      refusals: [{ array: 'fa-2', reason: 'It is full.' }],
    });
    expect(explanationParts('No array fits 1.5 TiB. fa-1: It is full. fa-2: It is away.', ARRAYS)).toEqual({
      outcome: 'No array fits 1.5 TiB.',
      runnerUp: '',
      refusals: [
        { array: 'fa-1', reason: 'It is full.' },
        { array: 'fa-2', reason: 'It is away.' },
      ],
    });
  });

  it.each([
    ['is written otherwise', 'No array is configured, so 1 GiB cannot be placed.', ARRAYS],
    ['names arrays that nobody knows', 'No array fits 1 GiB. fa-9: It is full.', ARRAYS],
    ['begins with an array that nobody knows', 'No array fits 1 GiB. fa-9: It is full. fa-1: It is full.', ARRAYS],
    ['names arrays and none is known', 'No array fits 1 GiB. fa-1: It is full.', []],
    ['is empty', '', ARRAYS],
  ])('stays as it is when it %s', (_, sentence, arrays) => {
    expect(explanationParts(sentence, arrays)).toBeNull();
  });
});
