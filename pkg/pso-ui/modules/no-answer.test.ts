import { describe, expect, it } from '@jest/globals';
import { noAnswer } from './no-answer.ts';

/** As the dashboard gives what a server answered. */
const answered = (_status: number, body: object): object => Object.defineProperty(body, '_status', { value: _status });

describe('a question that got no answer', () => {
  it.each([
    [400, 'The size is no number.'],
    [503, 'No array is configured.'],
    [500, 'A bug.'],
  ])('with status %i says what the driver says', (status, error) => {
    expect(noAnswer(answered(status, { error, reference: 'x' }))).toEqual({ state: 'refused', reason: error });
  });

  it.each([
    [403, 'no-right'],
    [401, 'no-right'],
    [404, 'too-old'],
    [405, 'too-old'],
    [503, 'unreachable'],
  ])('with status %i of the API server is %s, in its words', (status, state) => {
    const message = 'The API server says so.';
    expect(noAnswer(answered(status, { kind: 'Status', message }))).toEqual({ state, reason: message });
  });

  it('says in plain text what stands there, and else that of the failure', () => {
    expect(noAnswer(answered(502, { data: 'Bad Gateway\n' }))).toEqual({ state: 'unreachable', reason: 'Bad Gateway' });
    expect(noAnswer(new Error('timeout of 15000ms exceeded')).reason).toBe('timeout of 15000ms exceeded');
    expect(noAnswer(answered(502, {}))).toEqual({ state: 'unreachable', reason: 'status 502' });
    expect(noAnswer(undefined).state).toBe('unreachable');
  });
});
