import { describe, expect, it } from '@jest/globals';
import { formatBytes, GiB, roundUp } from './bytes.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1536, '1.5 KiB'],
    [15 * GiB, '15 GiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

it('rounds up to whole sectors', () => {
  expect(roundUp(1025, 512)).toBe(1536);
  expect(roundUp(1024, 512)).toBe(1024);
});
