import { describe, expect, it } from '@jest/globals';
import { proxyFor } from './proxy.ts';

const HTTPS_PROXY = 'http://proxy.example:3128';

describe('proxyFor', () => {
  it('is none without HTTPS_PROXY', () => {
    expect(proxyFor('fa1', {})).toBeNull();
    expect(proxyFor('fa1', { HTTPS_PROXY: '' })).toBeNull();
  });

  it.each([
    [HTTPS_PROXY, { host: 'proxy.example', port: 3128 }],
    ['proxy.example:8080', { host: 'proxy.example', port: 8080 }],
    ['http://[fd00::1]', { host: 'fd00::1', port: 80 }],
  ])('reads %s', (address, expected) => {
    expect(proxyFor('fa1', { https_proxy: address })).toEqual(expected);
  });

  it.each([
    ['*', 'fa1.example', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '192.0.2.1', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['fd00::/8', 'fd00::7', true],
    ['.example.com', 'fa1.example.com', true],
    ['example.com', 'FA1.example.com', true],
    ['example.com', 'fa1.badexample.com', false],
    ['localhost, fa1', 'fa1', true],
    ['', 'fa1', false],
  ])('NO_PROXY=%s for %s: %s', (words, host, isDirect) => {
    expect(proxyFor(host, { HTTPS_PROXY, NO_PROXY: words }) === null).toBe(isDirect);
  });
});
