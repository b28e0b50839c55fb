import { hostFileSystem } from './adapters/host-file-system.ts';
import { inClusterClient } from './adapters/in-cluster-client.ts';
import { inClusterReader } from './adapters/in-cluster-reader.ts';
import type { NodeFacts } from './csi/node-service.ts';
import type { SanType } from './domain/array.ts';
import { parseNodeId } from './domain/node-id.ts';
import type { NodeReport } from './domain/node-report.ts';
import { readOwnNode } from './kube/node-labels.ts';
import { StorageNode } from './kube/storage-node.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { nodeFindings, nodePaths } from './node/node-findings.ts';
import type { PathHealth } from './node/path-health.ts';
import { readPathHealth } from './node/path-health.ts';
import { VERSION } from './version.ts';

/** Names and addresses of a node hardly change, and asking for its labels is a call of the API server. */
const FACTS_MS = 15 * 60_000;

export interface NodeReportParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly nodeName: string;
  readonly facts: () => Promise<NodeFacts>;
  readonly sanTypes: readonly SanType[];
}

type Facts = Omit<NodeReport, 'paths' | 'findings'>;

async function readFacts(nodeName: string, facts: () => Promise<NodeFacts>): Promise<Facts> {
  const [{ nodeId, segments }, { uid }] = await Promise.all([facts(), readOwnNode(inClusterReader, nodeName)]);
  const { iqn, nqn, wwpns, addresses } = parseNodeId(nodeId);
  const initiators = {
    ...(iqn === null ? {} : { iqn }),
    ...(nqn === null ? {} : { nqn }),
    ...(wwpns.length === 0 ? {} : { wwpns }),
  };
  return { name: nodeName, uid, driverVersion: VERSION, addresses, initiators, topology: segments };
}

/** Links come and go more often than names. */
function withLink({ wwpns, ...others }: NodeReport['initiators'], { fcPorts }: PathHealth): NodeReport['initiators'] {
  const online = wwpns?.filter(wwpn => fcPorts.some(port => port.wwpn === wwpn && port.isOnline)) ?? [];
  return online.length === 0 ? others : { ...others, wwpns: online };
}

/** Keeps the StorageNode of this node until the signal is aborted; outside a cluster there is none. */
export async function reportNode(parts: NodeReportParts): Promise<void> {
  const { clock, logger, signal, nodeName, facts, sanTypes } = parts;
  const client = inClusterClient();
  if (!client) return;
  let known: { readonly facts: Facts; readonly atMs: number } | null = null;
  const read = async (): Promise<NodeReport> => {
    if (!known || clock.nowMs() - known.atMs > FACTS_MS)
      known = { facts: await readFacts(nodeName, facts), atMs: clock.nowMs() };
    const health = await readPathHealth(hostFileSystem);
    const initiators = withLink(known.facts.initiators, health);
    const findings = nodeFindings({ ...known.facts, sanTypes }, health);
    return { ...known.facts, initiators, paths: nodePaths(health), findings };
  };
  await new StorageNode({ client, clock, logger, read }).run(signal);
  client.close();
}
