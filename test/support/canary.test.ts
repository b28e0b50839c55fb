import { describe, expect, it } from '@jest/globals';
import { formsOf, leaks } from './canary.ts';

const SECRET = 'cAnArY+/=7f3a&"91e2';

describe('the search for leaks', () => {
  it.each(formsOf(SECRET))('finds the secret as %s', form => {
    expect(leaks([SECRET], { log: `before ${form} after` })).not.toEqual([]);
  });

  it('finds nothing in a text without it', () => {
    expect(leaks([SECRET], { log: 'Array fa1 refused the API token (HTTP 401).' })).toEqual([]);
  });
});
