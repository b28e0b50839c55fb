import type { Clock } from '../lib/clock.ts';
import { asObject, asText } from './json.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';

/** external-provisioner names its Lease after the driver, and itself in it after its pod's host name (v5, v6). */
const LEASE = 'pure-csi';
/** A create waits for the answer. */
const LIMIT_MS = 1_000;

export interface ProvisionerTermParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  /** Name of this pod. */
  readonly pod: string;
}

/**
 * Names the time in office of the external-provisioner in this pod. Null while another pod's leads, and while that can't
 * be found out. The Lease counts its changes of holder (coordination.k8s.io/v1, `leaseTransitions`), so an equal name
 * means that nobody led in between; times in it are of other machines' clocks and are not looked at.
 */
export async function readProvisionerTerm(parts: ProvisionerTermParts): Promise<string | null> {
  const answer = await withinLimit(parts.clock, read(parts));
  if (answer?.status !== 200) return null;
  const { metadata, spec } = asObject(answer.body);
  const { holderIdentity, leaseTransitions } = asObject(spec);
  const uid = asText(asObject(metadata).uid);
  if (holderIdentity !== parts.pod || uid === '') return null;
  return `${uid}/${typeof leaseTransitions === 'number' ? leaseTransitions : 0}`;
}

const read = ({ client, namespace }: ProvisionerTermParts): Promise<KubeAnswer | null> =>
  client.request('GET', `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${LEASE}`).catch(() => null);

async function withinLimit<T>(clock: Clock, answer: Promise<T | null>): Promise<T | null> {
  const stop = new AbortController();
  const limit = clock.sleep(LIMIT_MS, stop.signal).then(
    () => null,
    () => null,
  );
  try {
    return await Promise.race([answer, limit]);
  } finally {
    stop.abort();
  }
}
