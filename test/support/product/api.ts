import { readFileSync } from 'node:fs';
import { Agent } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Lab } from '../../lab/lab.ts';

const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.base64() }) }),
  ]),
  users: z.tuple([
    z.object({ user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) }),
  ]),
});

const decode = (text: string): string => Buffer.from(text, 'base64').toString();

/** The API server without kubectl's 60 ms for each object: for bursts. */
export class ClusterApi {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(lab: Lab) {
    const { clusters, users } = kubeconfigSchema.parse(parse(readFileSync(lab.kubeconfig, 'utf8')));
    const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
    const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
    this.#server = server;
    this.#agent = new Agent({ connections: 20, connect: { ca: decode(ca), cert: decode(cert), key: decode(key) } });
  }

  async request<Shape>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Shape> {
    const answer = await this.#agent.request({
      origin: this.#server,
      path,
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Shape;
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

const shared = new WeakMap<Lab, ClusterApi>();

/** One GET of an object or a list. For polling: a process of kubectl takes a tenth of a second of a core that the guests need. */
export async function getObject<Shape>(lab: Lab, path: string): Promise<Shape> {
  const api = shared.get(lab) ?? new ClusterApi(lab);
  shared.set(lab, api);
  return api.request<Shape>('GET', path);
}
