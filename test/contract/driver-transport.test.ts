import { createServer, type Server } from 'node:https';
import { createServer as createHttpServer } from 'node:http';
import {
  connect as connectTo,
  createServer as createPlainServer,
  type AddressInfo,
  type Server as PlainServer,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { TlsConnector } from '../../driver/src/adapters/tls-connector.ts';
import { TransportError, type HttpRequest, type TransportSettings } from '../../driver/src/rest/transport.ts';
import { issueCertificate, type ServerCertificate } from '../simulator/server/certificate.ts';

const DAY = 86_400_000;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function certificate(days: { from: number; to: number } = { from: -1, to: 30 }, name = '127.0.0.1'): ServerCertificate {
  return issueCertificate({
    commonName: 'array',
    subjectAltNames: [name],
    validFrom: new Date(Date.now() + days.from * DAY),
    validTo: new Date(Date.now() + days.to * DAY),
  });
}

async function listen(server: Server | PlainServer): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Listener = NonNullable<Parameters<typeof createServer>[1]>;

async function serve(shown: ServerCertificate, listener: Listener, options: object = {}): Promise<string> {
  return await listen(createServer({ cert: shown.certificate, key: shown.privateKey, ...options }, listener));
}

function connect(endpoint: string, more: Partial<TransportSettings> = {}, env: object = {}): HttpsTransport {
  const settings = {
    endpoint,
    caBundle: null,
    certificateSha256: null,
    verifyTls: true,
    maxConnections: 2,
    ...more,
  };
  const transport = new HttpsTransport(settings, { ...env });
  closers.push(() => transport.close());
  return transport;
}

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: '/api/2.42/volumes?names=v',
  headers: { 'x-auth-token': 't' },
  body: '{}',
  timeoutMs: 30_000,
  signal: null,
  ...more,
});

async function failure(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TransportError) return error;
  throw new Error(`expected a TransportError, got ${String(error)}`);
}

const hello: Listener = (_request, response) => response.setHeader('X-Auth-Token', 'abc').end('{"items":[]}');

describe('TLS', () => {
  it('trusts a certificate of the given authority', async () => {
    const shown = certificate();
    const transport = connect(await serve(shown, hello), { caBundle: shown.caCertificate });
    expect(await transport.exchange(request())).toMatchObject({
      status: 200,
      headers: { 'x-auth-token': 'abc' },
      body: '{"items":[]}',
    });
  });

  it.each([
    ['an unknown authority', certificate(), 'certificate-untrusted', false],
    ['an expired one', certificate({ from: -30, to: -1 }), 'certificate-expired', true],
    ['one of tomorrow', certificate({ from: 1, to: 30 }), 'certificate-not-yet-valid', true],
    ["another host's", certificate(undefined, 'other.example'), 'certificate-hostname', true],
  ] as const)('refuses %s, and sends nothing', async (_what, shown, reason, isTrusted) => {
    let received = 0;
    const endpoint = await serve(shown, (incoming, response) => {
      received += 1;
      hello(incoming, response);
    });
    const transport = connect(endpoint, isTrusted ? { caBundle: shown.caCertificate } : {});
    expect(await failure(transport.exchange(request()))).toMatchObject({ reason, sent: 'not-sent' });
    expect(received).toBe(0);
  });

  it('with a fingerprint accepts that certificate only', async () => {
    const shown = certificate();
    let received = 0;
    const endpoint = await serve(shown, (incoming, response) => {
      received += 1;
      hello(incoming, response);
    });
    const colons = shown.sha256.toUpperCase().replace(/..(?=.)/g, '$&:');
    for (const certificateSha256 of [shown.sha256, colons]) {
      expect(await connect(endpoint, { certificateSha256 }).exchange(request())).toMatchObject({ status: 200 });
    }
    const other = connect(endpoint, { certificateSha256: certificate().sha256, caBundle: shown.caCertificate });
    const error = await failure(other.exchange(request()));
    expect(error).toMatchObject({ reason: 'certificate-fingerprint', sent: 'not-sent' });
    expect(error.message).toContain(shown.sha256);
    expect(received).toBe(2);
  });

  it('checks nothing only when told so', async () => {
    const endpoint = await serve(certificate({ from: -30, to: -1 }), hello);
    expect(await connect(endpoint, { verifyTls: false }).exchange(request())).toMatchObject({ status: 200 });
  });

  it('refuses TLS 1.1 and what is no TLS', async () => {
    const shown = certificate();
    const old = await serve(shown, hello, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(await failure(connect(old, { verifyTls: false }).exchange(request()))).toMatchObject({
      reason: 'tls',
      sent: 'not-sent',
    });
    const plain = await listen(createPlainServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await failure(connect(plain).exchange(request()))).sent).toBe('not-sent');
  });
});

describe('failures', () => {
  const shown = certificate();
  const trusted = { caBundle: shown.caCertificate };

  it('nobody listens: not sent', async () => {
    const endpoint = await serve(shown, hello);
    await closers.pop()?.();
    expect(await failure(connect(endpoint, trusted).exchange(request()))).toMatchObject({
      reason: 'unreachable',
      sent: 'not-sent',
    });
  });

  it('a name that does not exist: not sent', async () => {
    expect(await failure(connect('array.invalid').exchange(request()))).toMatchObject({
      reason: 'unknown-host',
      sent: 'not-sent',
    });
  });

  it('reset instead of an answer: unknown', async () => {
    const endpoint = await serve(shown, incoming => void incoming.socket.destroy());
    expect(await failure(connect(endpoint, trusted).exchange(request()))).toMatchObject({
      reason: 'connection-lost',
      sent: 'unknown',
    });
  });

  it('reset in the middle of an answer: unknown', async () => {
    const endpoint = await serve(shown, (incoming, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"items":[');
      setTimeout(() => incoming.socket.destroy(), 20);
    });
    expect(await failure(connect(endpoint, trusted).exchange(request()))).toMatchObject({ sent: 'unknown' });
  });

  it('silence: unknown, when the time is over', async () => {
    let isSilent = false;
    const endpoint = await serve(shown, (incoming, response) => {
      if (!isSilent) hello(incoming, response);
    });
    const transport = connect(endpoint, trusted);
    await transport.exchange(request());
    isSilent = true;
    expect(await failure(transport.exchange(request({ timeoutMs: 150 })))).toMatchObject({
      reason: 'timeout',
      sent: 'unknown',
    });
  });

  it('a caller who goes: unknown once sent, not sent while it waited for a connection', async () => {
    let received = 0;
    const endpoint = await serve(shown, () => {
      received += 1;
    });
    const transport = connect(endpoint, { ...trusted, maxConnections: 1 });
    const first = new AbortController();
    const second = new AbortController();
    const sent = failure(transport.exchange(request({ signal: first.signal })));
    while (received === 0) await new Promise(resolve => setTimeout(resolve, 10));
    const waiting = failure(transport.exchange(request({ signal: second.signal })));
    second.abort();
    expect(await waiting).toMatchObject({ reason: 'cancelled', sent: 'not-sent' });
    first.abort();
    expect(await sent).toMatchObject({ reason: 'cancelled', sent: 'unknown' });
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(received).toBe(1);
  });

  it('an endless answer is cut at 64 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const endpoint = await serve(shown, (_incoming, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(await failure(connect(endpoint, trusted).exchange(request({ timeoutMs: 20_000 })))).toMatchObject({
      reason: 'too-large',
      sent: 'unknown',
    });
  });
});

it.each([
  ['fa1.example', 'fa1.example', 443],
  ['10.0.0.1:8443', '10.0.0.1', 8443],
  ['[fd00::1]:8443', 'fd00::1', 8443],
  ['fd00::1', 'fd00::1', 443],
])('reads the endpoint %s', (endpoint, host, port) => {
  const settings = { endpoint, caBundle: null, certificateSha256: null, verifyTls: true, maxConnections: 1 };
  expect(new TlsConnector(settings, () => null)).toMatchObject({ host, port });
});

it('keeps connections for later requests, and opens no more than allowed', async () => {
  const shown = certificate();
  const ports = new Set<number | undefined>();
  const endpoint = await serve(shown, (incoming, response) => {
    ports.add(incoming.socket.remotePort);
    setTimeout(() => hello(incoming, response), 5);
  });
  const transport = connect(endpoint, { caBundle: shown.caCertificate });
  await Promise.all(Array.from({ length: 20 }, () => transport.exchange(request())));
  await transport.exchange(request());
  expect(ports.size).toBe(2);
});

describe('a proxy', () => {
  /** A proxy that lets through, or refuses with a status. */
  async function proxy(refusal: number | null): Promise<{ env: object; asked: string[] }> {
    const asked: string[] = [];
    const server = createHttpServer();
    server.on('connect', ({ url = '' }, client: Socket) => {
      asked.push(url);
      if (refusal !== null) return void client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      const [host = '', port = ''] = url.split(':');
      const target = connectTo(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      client.on('error', () => target.destroy());
      target.on('error', () => client.destroy());
      closers.push(() => Promise.resolve(void target.destroy()));
    });
    return { env: { HTTPS_PROXY: `http://${await listen(server)}` }, asked };
  }

  it('lets through to the array, whose certificate is checked all the same', async () => {
    const shown = certificate();
    const endpoint = await serve(shown, hello);
    const { env, asked } = await proxy(null);
    const transport = connect(endpoint, { caBundle: shown.caCertificate }, env);
    expect(await transport.exchange(request())).toMatchObject({ status: 200, body: '{"items":[]}' });
    expect(await transport.exchange(request())).toMatchObject({ status: 200 });
    expect(asked).toEqual([endpoint]);
    expect(await failure(connect(endpoint, {}, env).exchange(request()))).toMatchObject({
      reason: 'certificate-untrusted',
      sent: 'not-sent',
    });
  });

  it('that refuses is named, and nothing was sent', async () => {
    const { env } = await proxy(403);
    expect(await failure(connect('192.0.2.1', {}, env).exchange(request()))).toMatchObject({
      reason: 'unreachable',
      sent: 'not-sent',
      message: expect.stringMatching(/^proxy 127\.0\.0\.1:\d+: it answered 403$/) as unknown,
    });
  });

  it('is not asked for what NO_PROXY names', async () => {
    const shown = certificate();
    const endpoint = await serve(shown, hello);
    const { env, asked } = await proxy(403);
    const transport = connect(endpoint, { caBundle: shown.caCertificate }, { ...env, NO_PROXY: '127.0.0.0/8' });
    expect(await transport.exchange(request())).toMatchObject({ status: 200 });
    expect(asked).toEqual([]);
  });
});
