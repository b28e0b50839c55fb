import { describe, expect, it } from '@jest/globals';
import { Cidr } from './cidr.ts';

describe('Cidr', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.255', true],
    ['10.0.0.0/24', '10.0.1.0', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['10.0.0.1', '10.0.0.1', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/24', 'host', false],
  ])('%s has %s: %s', (network, address, expected) => {
    expect(Cidr.parse(network)?.has(address)).toBe(expected);
  });
  it.each(['', '10.0.0/24', '10.0.0.0/33', '10.0.0.256', '1::2::3', 'fd00::/129', '10.0.0.0/24/1', '10.0.0.0/x'])(
    'refuses "%s"',
    text => {
      expect(Cidr.parse(text)).toBeNull();
    },
  );
});
