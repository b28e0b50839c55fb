import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { PsoError } from '../domain/errors.ts';
import type { KubeReader } from '../kube/node-labels.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;

const unreachable = (address: string, cause: unknown): PsoError =>
  new PsoError(
    'api-server-silent',
    `The API server at ${address} did not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'The call is repeated by itself; check the network of the node.',
    { cause },
  );

interface Access {
  readonly host: string;
  readonly port: string;
  readonly token: string;
  readonly ca: string;
}

/** The token is read for each call: Kubernetes replaces it every hour. */
async function access(): Promise<Access | null> {
  const host = process.env.KUBERNETES_SERVICE_HOST;
  const port = process.env.KUBERNETES_SERVICE_PORT ?? '443';
  if (!host) return null;
  try {
    const [token, ca] = await Promise.all([
      readFile(`${ACCOUNT}/token`, 'utf8'),
      readFile(`${ACCOUNT}/ca.crt`, 'utf8'),
    ]);
    return { host, port, token: token.trim(), ca };
  } catch {
    return null;
  }
}

function getJson({ host, port, token, ca }: Access, path: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(unreachable(`${host}:${port}`, error));
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const call = request({ host, port, path, ca, headers, timeout: TIMEOUT_MS, agent: false }, response => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BYTES) call.destroy(new Error('its answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        try {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
          resolve({ status: response.statusCode ?? 0, body });
        } catch (error) {
          fail(error);
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    call.on('error', fail);
    call.end();
  });
}

/** Reads with the pod's own service account. */
export const inClusterReader: KubeReader = {
  get: async path => {
    const found = await access();
    return found === null ? null : getJson(found, path);
  },
};
