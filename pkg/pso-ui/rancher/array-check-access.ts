import type { ArrayCheckAnswer } from '../../../driver/src/domain/array-check.ts';
import type { CheckBody } from '../modules/array-check.ts';
import { messageOf, statusOf, type Store } from './store.ts';

/** Fixed name of the chart for the service, the account of tickets and their audience, so that rights can name it. */
const NAME = 'pure-pso-array-check';
const MAX_WAIT_MS = 20_000;
/** The shortest that Kubernetes gives. */
const TICKET_SECONDS = 600;
/** The driver looks at one array at a time. */
const BUSY_MS = 2500;
const MAX_TRIES = 5;

/**
 * `invalid`: the driver says what cannot be configured. The others are found by asking: `no-right`, `too-old` (the release
 * has no such service, or it is switched off), `unreachable` (no controller answers).
 */
export type CheckResult =
  ArrayCheckAnswer | { readonly state: 'invalid' | 'no-right' | 'too-old' | 'unreachable'; readonly reason: string };

/** Lets a controller look at an array. Changes nothing; never throws. The body may hold a token, which nothing here keeps. */
export async function askArrayCheck(store: Store, namespace: string, body: CheckBody): Promise<CheckResult> {
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const base = `/k8s/clusters/${cluster}/api/v1/namespaces/${namespace}`;
  const post = (url: string, data: object) =>
    store.dispatch('cluster/request', { url, method: 'post', data, timeout: MAX_WAIT_MS, redirectUnauthorized: false });
  try {
    const spec = { audiences: [NAME], expirationSeconds: TICKET_SECONDS };
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    const made = await post(`${base}/serviceaccounts/${NAME}/token`, review);
    const question = { ...body, ticket: made?.status?.token ?? '' };
    const url = `${base}/services/http:${NAME}:9896/proxy/v1/array`;
    const answer = await inTurn(() => post(url, question));
    return answer?.state === 'answered' || answer?.state === 'refused' ? answer : { state: 'too-old', reason: '' };
  } catch (failure) {
    return toResult(failure);
  }
}

async function inTurn(ask: () => Promise<any>): Promise<any> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (failure) {
      if (statusOf(failure) !== 429 || tries >= MAX_TRIES) throw failure;
      await new Promise(resolve => setTimeout(resolve, BUSY_MS));
    }
  }
}

function toResult(failure: unknown): CheckResult {
  const status = statusOf(failure);
  const { error } = (failure ?? {}) as { error?: unknown };
  const reason = typeof error === 'string' ? error : messageOf(failure);
  if (status === 400 && typeof error === 'string') return { state: 'invalid', reason };
  if (status === 401 || status === 403) return { state: 'no-right', reason };
  return { state: status === 404 || status === 405 ? 'too-old' : 'unreachable', reason };
}
