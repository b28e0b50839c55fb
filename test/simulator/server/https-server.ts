import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiRequest } from '../flasharray/flash-array.ts';
import type { Outcome } from '../simulated.ts';
import type { ServerCertificate } from './certificate.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** A simulated array of any family. */
export interface Served {
  exchange(request: ApiRequest): Outcome | Promise<Outcome>;
}

/** Serves one simulated array over HTTPS. */
export class ArrayServer {
  readonly #server: Server;
  readonly #array: Served;

  constructor(array: Served, certificate: ServerCertificate) {
    this.#array = array;
    this.#server = createServer(
      { cert: certificate.certificate, key: certificate.privateKey, keepAliveTimeout: 60_000 },
      (incoming, outgoing) => this.#read(incoming, outgoing),
    );
  }

  /** Returns `host:port`. */
  async listen({ host, port }: ListenAddress): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address() as AddressInfo;
    return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
  }

  #read(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const outcome = this.#array.exchange(requestOf(incoming, Buffer.concat(chunks).toString('utf8')));
      if (outcome instanceof Promise) void outcome.then(late => deliver(late, outgoing));
      else deliver(outcome, outgoing);
    });
  }
}

function requestOf(incoming: IncomingMessage, body: string): ApiRequest {
  const { headers } = incoming;
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    headers: {
      'api-token': single(headers['api-token']),
      'x-auth-token': single(headers['x-auth-token']),
      'x-request-id': single(headers['x-request-id']),
    },
    body,
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function deliver(outcome: Outcome, outgoing: ServerResponse): void {
  const act = (): void => {
    if (outcome.kind === 'reset') {
      outgoing.socket?.destroy();
      return;
    }
    const { status, headers, body } = outcome.response;
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    outgoing.end(body);
  };
  if (outcome.delayMs > 0) setTimeout(act, outcome.delayMs);
  else act();
}
