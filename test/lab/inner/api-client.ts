import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../lab-error.ts';
import type { CertificateAuthority } from './certificates.ts';

export interface ApiAnswer {
  /** 0 when nobody answered. */
  readonly status: number;
  readonly body: string;
}

/** The few requests the lab itself makes of the API server, as administrator. kubectl would take 70 ms an object. */
export class ApiClient {
  readonly #agent: Agent;

  constructor(authority: CertificateAuthority) {
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: readFileSync(authority.certificate('ca')),
      cert: readFileSync(authority.certificate('admin')),
      key: readFileSync(authority.key('admin')),
    });
  }

  send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<ApiAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise(resolve => {
      const outgoing = request(`https://127.0.0.1:443${path}`, { agent: this.#agent, method, headers, timeout: 5000 });
      outgoing.on('response', response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on('error', () => resolve({ status: 0, body: 'the answer broke off' }));
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', error => resolve({ status: 0, body: error.message }));
      outgoing.end(text);
    });
  }

  /** Creates an object; one that exists is fine, one that cannot be served yet is tried again for a while. */
  async create(collection: string, object: unknown): Promise<void> {
    let answer: ApiAnswer = { status: 0, body: '' };
    for (let attempt = 0; attempt < 100; attempt += 1) {
      answer = await this.send('POST', collection, object);
      if (answer.status < 300 && answer.status > 0) return;
      if (answer.status === 409) return;
      if (![0, 404, 429, 500, 503, 504].includes(answer.status)) break;
      await sleep(100);
    }
    throw new LabError(`POST ${collection} was answered ${answer.status}: ${answer.body.slice(0, 300)}.`, '');
  }

  close(): void {
    this.#agent.destroy();
  }
}
