import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PsoError } from '../domain/errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type Answering<Input extends unknown[]> = (...input: Input) => HttpAnswer | Promise<HttpAnswer>;
/** Path → answer. Nothing of a request but its body is looked at: its headers are somebody's session. */
export type HttpRoutes = Readonly<Record<string, Answering<[]>>>;
/** Path → what answers the body of a POST. */
export type PostRoutes = Readonly<Record<string, Answering<[body: string]>>>;

const MAX_BODY_BYTES = 512 * 1024;
/** A caller who sends slower than this is left. */
const REQUEST_MS = 10_000;

export interface HttpEndpoint {
  readonly port: number;
  close(): Promise<void>;
}

const plain = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

const find = <Handler>(routes: Readonly<Record<string, Handler>>, path: string): Handler | undefined =>
  Object.hasOwn(routes, path) ? routes[path] : undefined;

/** Null: it is larger than anybody needs. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function route(
  request: IncomingMessage,
  gets: HttpRoutes,
  posts: PostRoutes,
  maxBodyBytes: number,
): Promise<HttpAnswer> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const [get, post] = [find(gets, path), find(posts, path)];
  if (!get && !post) return plain(404, 'not found\n');
  const { method = 'GET' } = request;
  try {
    if (get && (method === 'GET' || method === 'HEAD')) return await get();
    if (!post || method !== 'POST') return plain(405, `only ${get ? 'GET' : 'POST'}\n`);
    const body = await bodyOf(request, maxBodyBytes);
    return body === null ? plain(413, `The body is larger than ${maxBodyBytes} bytes.\n`) : await post(body);
  } catch (error) {
    return plain(500, `${PsoError.from(error).sentence}\n`);
  }
}

/** `host:port`; port 0 takes a free one. */
export function serveHttp(
  address: string,
  gets: HttpRoutes,
  posts: PostRoutes = {},
  maxBodyBytes = MAX_BODY_BYTES,
): Promise<HttpEndpoint> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    void route(request, gets, posts, maxBodyBytes).then(answer => {
      const headers = { 'content-type': answer.contentType, 'cache-control': 'no-store' };
      // What was not read of a body would be taken for the next request.
      response.writeHead(answer.status, request.complete ? headers : { ...headers, connection: 'close' });
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
