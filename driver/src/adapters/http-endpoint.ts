import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PsoError } from '../domain/errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** GET only: path → answer. */
export type HttpRoutes = Readonly<Record<string, () => HttpAnswer | Promise<HttpAnswer>>>;

export interface HttpEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

const plain = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

async function route(routes: HttpRoutes, method: string, path: string): Promise<HttpAnswer> {
  const handler = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!handler) return plain(404, 'not found\n');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET\n');
  try {
    return await handler();
  } catch (error) {
    return plain(500, `${PsoError.from(error).sentence}\n`);
  }
}

/** `host:port`; port 0 takes a free one. */
export function serveHttp(address: string, routes: HttpRoutes): Promise<HttpEndpoint> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    void route(routes, request.method ?? 'GET', path).then(answer => {
      response.writeHead(answer.status, { 'content-type': answer.contentType, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      reject(
        new PsoError(
          'cannot-listen',
          `--http=${address}: cannot listen there: ${error.message}.`,
          'Give a free address.',
        ),
      );
    });
    server.listen(Number(address.slice(colon + 1)), host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise(done => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}
