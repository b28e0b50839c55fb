import type { WhatIfAnswer } from '../../../driver/src/placement/what-if-answer.ts';
import type { Question } from '../modules/what-if.ts';
import { messageOf, statusOf, type Store } from './store.ts';

/** Fixed names of the chart, so that rights can name them. */
const SERVICE = 'http:pure-pso-preview:9897';
const MAX_WAIT_MS = 15_000;

/**
 * `refused`: the driver understood and says what is wrong with the question. The others are found by asking: `no-right`,
 * `too-old` (the release has no such service), `unreachable` (no controller answers, or nothing lets us through).
 */
export type WhatIfResult =
  | { readonly state: 'answered'; readonly answer: WhatIfAnswer }
  | { readonly state: 'refused' | 'no-right' | 'too-old' | 'unreachable'; readonly reason: string };

/** Asks a controller through the API server's proxy. Changes nothing there; never throws. */
export async function askWhatIf(store: Store, namespace: string, question: Question): Promise<WhatIfResult> {
  const cluster = store.getters['currentCluster']?.id ?? 'local';
  const url = `/k8s/clusters/${cluster}/api/v1/namespaces/${namespace}/services/${SERVICE}/proxy/v1/placement`;
  try {
    const request = { url, method: 'post', data: question, timeout: MAX_WAIT_MS, redirectUnauthorized: false };
    const answer = await store.dispatch('cluster/request', request);
    return Array.isArray(answer?.claims)
      ? { state: 'answered', answer: answer as WhatIfAnswer }
      : { state: 'too-old', reason: '' };
  } catch (failure) {
    return toResult(failure);
  }
}

function toResult(failure: unknown): WhatIfResult {
  const status = statusOf(failure);
  const { error } = (failure ?? {}) as { error?: unknown };
  if (status === 400 && typeof error === 'string') return { state: 'refused', reason: error };
  const reason = messageOf(failure);
  if (status === 401 || status === 403) return { state: 'no-right', reason };
  return { state: status === 404 || status === 405 ? 'too-old' : 'unreachable', reason };
}
