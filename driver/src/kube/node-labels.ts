import { PsoError } from '../domain/errors.ts';

/** PORT: GET of a JSON object from the API server. Null when this process runs outside a cluster. */
export interface KubeReader {
  get(path: string): Promise<{ readonly status: number; readonly body: unknown } | null>;
}

const OWN_PREFIX = 'topology.purestorage.com/';
const WELL_KNOWN = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/**
 * What a node without any topology label reports: a provisioner with topology enabled places nothing where no node has
 * a segment. No array names this key, so all are reachable (see placement/filters/topology.ts).
 */
const ANYWHERE = { 'topology.pure-pso.io/any': 'true' } as const;

/** Labels that say where a node stands, never none; all others are nobody's business here. */
export function topologySegments(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const segments = Object.entries(labels).filter(([key]) => key.startsWith(OWN_PREFIX) || WELL_KNOWN.includes(key));
  return segments.length > 0 ? Object.fromEntries(segments) : ANYWHERE;
}

export interface OwnNode {
  /** Of the Node object; empty where nobody may be asked. */
  readonly uid: string;
  readonly segments: Readonly<Record<string, string>>;
  /** As the kubelet or the cloud's controller wrote them; none where nobody may be asked. */
  readonly internalAddresses: readonly string[];
}

interface NodeObject {
  readonly metadata?: { readonly uid?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: { readonly addresses?: readonly { readonly type?: string; readonly address?: string }[] };
}

function ownNodeOf(body: unknown): OwnNode {
  const { metadata, status } = (body ?? {}) as NodeObject;
  const internal = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return {
    uid: metadata?.uid ?? '',
    segments: topologySegments(metadata?.labels ?? {}),
    internalAddresses: internal.flatMap(({ address }) => address ?? []),
  };
}

/**
 * Topology and addresses of the own node; "anywhere" outside a cluster and where RBAC forbids it. An API server that does
 * not answer is an error: a node registered without its topology would get no volumes, and nobody would see why.
 */
export async function readOwnNode(reader: KubeReader, nodeName: string): Promise<OwnNode> {
  const answer = await reader.get(`/api/v1/nodes/${encodeURIComponent(nodeName)}`);
  if (answer === null || answer.status === 403) return { uid: '', segments: ANYWHERE, internalAddresses: [] };
  if (answer.status === 200) return ownNodeOf(answer.body);
  throw new PsoError(
    answer.status === 404 ? 'node-unknown' : 'node-labels-unreadable',
    `Labels of node ${nodeName}: the API server answered ${answer.status}.`,
    answer.status === 404 ? 'Check --node-name.' : 'The kubelet asks again by itself.',
  );
}
