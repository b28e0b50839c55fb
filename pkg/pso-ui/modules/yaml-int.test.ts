import { describe, expect, it } from '@jest/globals';
import { readYamlInt } from './yaml-int.ts';

describe('a whole number in YAML', () => {
  it.each([
    ['0', 0],
    ['420', 420],
    ['-12', -12],
    ['+7', 7],
    ['1_000', 1000],
    ['0644', 420],
    ['-0400', -256],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b101', 5],
  ])('%s is what Helm takes it for', (text, number) => {
    expect(readYamlInt(text)).toBe(number);
  });

  it.each(['', '-', '08', '0x', '_1', '1.0', '1e3', '1:30', '0xg', 'x', ' 1', '12a'])('%j is none', text => {
    expect(readYamlInt(text)).toBeNull();
  });
});
