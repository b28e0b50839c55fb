import { readFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { KubeAnswer, KubeClient, KubeMethod } from '../kube/kube-client.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Node's own HTTPS client with the pod's service account. The token is read for each call: Kubernetes replaces it hourly. */
export class InClusterClient implements KubeClient {
  readonly #host: string;
  readonly #port: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(host: string, port: string) {
    this.#host = host;
    this.#port = port;
  }

  async request(method: KubeMethod, path: string, body?: unknown): Promise<KubeAnswer> {
    const { call, response } = await this.#open(method, path, body, AbortSignal.timeout(TIMEOUT_MS));
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) {
        call.destroy();
        throw new Error('the answer is too large');
      }
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: response.statusCode ?? 0, body: parse(text) };
  }

  async stream(path: string, line: (text: string) => void, signal: AbortSignal): Promise<void> {
    const { response } = await this.#open('GET', path, undefined, signal);
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`status ${response.statusCode ?? 0}`);
    }
    response.setEncoding('utf8');
    let rest = '';
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) if (text !== '') line(text);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #open(
    method: KubeMethod,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<{ call: ClientRequest; response: IncomingMessage }> {
    const [token, ca] = await Promise.all([
      readFile(`${ACCOUNT}/token`, 'utf8'),
      readFile(`${ACCOUNT}/ca.crt`, 'utf8'),
    ]);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token.trim()}`,
      accept: 'application/json',
      ...(text === undefined ? {} : { 'content-type': contentType(method), 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const options = { host: this.#host, port: this.#port, path, method, ca, headers, agent: this.#agent, signal };
      const call = request(options, response => resolve({ call, response }));
      call.on('error', reject);
      call.end(text);
    });
  }
}

/** Of a body of JSON, which is YAML, too. */
const contentType = (method: KubeMethod): string =>
  method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json';

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Null outside a cluster. */
export function inClusterClient(): InClusterClient | null {
  const host = process.env.KUBERNETES_SERVICE_HOST;
  return host ? new InClusterClient(host, process.env.KUBERNETES_SERVICE_PORT ?? '443') : null;
}
