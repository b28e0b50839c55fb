import { beforeEach, describe, expect, it } from '@jest/globals';
import { json, ScriptedTransport, unreachable } from '../../../test/support/scripted-transport.ts';
import { ReadingTransport } from './reading-transport.ts';
import type { HttpRequest } from './transport.ts';

let array: ScriptedTransport;
let transport: ReadingTransport;
beforeEach(() => {
  array = new ScriptedTransport();
  transport = new ReadingTransport(array);
});

const request = (method: HttpRequest['method'], path: string): HttpRequest => ({
  method,
  path,
  headers: {},
  body: null,
  timeoutMs: 1000,
  signal: null,
});

describe('a transport that only reads', () => {
  it.each([
    ['POST', '/api/2.42/volumes?names=v'],
    ['PATCH', '/api/2.42/volumes?names=v'],
    ['PUT', '/api/2.42/volumes/tags/batch'],
    ['DELETE', '/api/2.42/login'],
    ['POST', '/api/2.42/volumes/../login?x=/login'],
  ] as const)('lets %s %s never through', async (method, path) => {
    await expect(transport.exchange(request(method, path))).rejects.toMatchObject({ sent: 'not-sent' });
    expect(array.requests).toEqual([]);
  });

  it.each([
    ['GET', '/api/api_version'],
    ['POST', '/api/2.42/login'],
    ['POST', '/api/2.42/logout'],
  ] as const)('lets %s %s through', async (method, path) => {
    expect(await transport.exchange(request(method, path))).toMatchObject({ status: 200 });
  });

  it('keeps the words of a success only', async () => {
    array.on(
      'GET /ports',
      json(403, { message: 'inner secret' }, { location: 'https://inner.example' }),
      json(200, { items: [] }),
    );
    const ports = request('GET', '/api/2.42/ports');
    expect(await transport.exchange(ports)).toEqual({ status: 403, headers: {}, body: '' });
    expect((await transport.exchange(ports)).body).toBe('{"items":[]}');
  });

  it('tries an address that did not connect once', async () => {
    array.on('GET /ports', unreachable());
    const ports = request('GET', '/api/2.42/ports');
    await expect(transport.exchange(ports)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(transport.exchange(ports)).rejects.toMatchObject({ reason: 'unreachable' });
    expect(array.requests).toHaveLength(1);
  });
});
