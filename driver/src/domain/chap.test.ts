import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { ChapKey, isOwnChapUser } from './chap.ts';

const KEY = 'c0ffee'.repeat(8);
const key = ChapKey.parse('key', `${KEY}\n`);
const [INITIATOR, TARGET] = ['iqn.2026-01.lab:n1', 'iqn.2010-06.com.purestorage:flasharray.1'];

describe('a key for CHAP', () => {
  it('gives what arrays and iscsid take, the same to both sides', () => {
    const { user, password } = key.credentialsFor(INITIATOR, TARGET);
    expect(password).toMatch(/^[0-9a-f]{40}$/);
    expect(isOwnChapUser(user)).toBe(true);
    expect(ChapKey.parse('other', KEY).credentialsFor(INITIATOR.toUpperCase(), TARGET)).toEqual({ user, password });
  });

  it('gives each node at each array, and each key, a name and a password of its own', () => {
    const other = ChapKey.parse('key', KEY.toUpperCase());
    const all = [
      key.credentialsFor(INITIATOR, TARGET),
      key.credentialsFor(`${INITIATOR}0`, TARGET),
      key.credentialsFor(INITIATOR, `${TARGET}0`),
      other.credentialsFor(INITIATOR, TARGET),
    ];
    expect(new Set(all.map(({ user }) => user)).size).toBe(all.length);
    expect(new Set(all.map(({ password }) => password)).size).toBe(all.length);
  });

  it('is in no text of its own', () => {
    expect([JSON.stringify({ key }), inspect(key, { depth: 9, showHidden: true })].join()).not.toContain(KEY);
  });

  it.each([
    [null, 'is missing'],
    ['short', 'has 5 characters'],
  ])('refuses %p with a sentence that does not show it', (text, reason) => {
    expect(() => ChapKey.parse('/etc/key', text)).toThrow(`CHAP key /etc/key ${reason}`);
  });
});
