import { inClusterClient } from './adapters/in-cluster-client.ts';
import { ownPod } from './adapters/own-pod.ts';
import type { ArrayState } from './domain/array.ts';
import { ClaimEvents, claimUid } from './kube/claim-events.ts';
import { CsiNodes } from './kube/csi-nodes.ts';
import type { KubeClient } from './kube/kube-client.ts';
import { Leadership } from './kube/leadership.ts';
import type { ClusterVolume } from './kube/persistent-volumes.ts';
import { PersistentVolumes } from './kube/persistent-volumes.ts';
import { readProvisionerTerm } from './kube/provisioner-term.ts';
import { partlyConnected } from './kube/partly-connected.ts';
import { SnapshotContents } from './kube/snapshot-contents.ts';
import { StorageArrays } from './kube/storage-arrays.ts';
import { isTicket } from './kube/ticket-review.ts';
import { withReference } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import type { ReadTerm } from './orchestrator/doubt.ts';
import type { NodeDirectory } from './orchestrator/node-ids.ts';
import type { PartialReport, PlacementReport, SnapshotLedger } from './orchestrator/requests.ts';
import { explain, MAX_EVENT_BYTES, refusalError } from './placement/explain.ts';

export interface KubernetesSide {
  readonly ledger: SnapshotLedger;
  readonly nodes: NodeDirectory | null;
  readonly readTerm: ReadTerm;
  /** Null while they are not known. */
  readonly volumes: () => readonly ClusterVolume[] | null;
  /** Of `TICKETS`; nobody's outside a cluster. */
  isTicket(ticket: string): Promise<boolean>;
  onPlacement(report: PlacementReport): void;
  onPartial(report: PartialReport): void;
  close(): Promise<void>;
}

export interface ReportedFleet {
  readonly arrays: () => readonly ArrayState[];
  /** Whether these are all that the administrator means. */
  readonly isWhole: () => boolean;
  readonly pollMs: number;
}

interface KubernetesParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Whether somebody wants to know the volumes. */
  readonly watchesVolumes: boolean;
  /** What StorageArrays show; null where there are none. */
  readonly fleet: ReportedFleet | null;
}

/** Names that the chart gives, so that rights can name them: decision 0014. */
const TICKETS = 'pure-pso-array-check';
const LEASE = 'pure-pso-storage-arrays';

async function reportArrays(client: KubeClient, { clock, logger, signal, fleet }: KubernetesParts): Promise<void> {
  const pod = ownPod();
  if (!fleet || !pod) return;
  const lease = { namespace: pod.namespace, name: LEASE, identity: pod.name };
  const leadership = new Leadership({ client, clock, logger, ...lease });
  await new StorageArrays({ client, clock, logger, leadership, ...fleet }).run(signal);
}

/** Outside a cluster, or while its API server is away, everything works but events; snapshots are then counted on the array. */
export function connectKubernetes(parts: KubernetesParts): KubernetesSide {
  const client = inClusterClient();
  if (!client) {
    parts.logger.info({}, 'Not in a Kubernetes cluster: no events are written.');
    return {
      ledger: { hasSnapshots: () => undefined },
      nodes: null,
      readTerm: () => Promise.resolve(null),
      volumes: () => null,
      isTicket: () => Promise.resolve(false),
      onPlacement: () => undefined,
      onPartial: () => undefined,
      close: () => Promise.resolve(),
    };
  }
  const events = new ClaimEvents({ client, ...parts });
  const ledger = new SnapshotContents({ client, ...parts });
  const volumes = parts.watchesVolumes ? new PersistentVolumes({ client, ...parts }) : null;
  const watching = Promise.all([ledger.run(parts.signal), volumes?.run(parts.signal), reportArrays(client, parts)]);
  return {
    ledger,
    nodes: new CsiNodes(client),
    readTerm: async () => {
      const pod = ownPod();
      if (!pod) return null;
      return readProvisionerTerm({ client, clock: parts.clock, namespace: pod.namespace, pod: pod.name });
    },
    volumes: () => volumes?.list() ?? null,
    isTicket: async ticket => {
      const pod = ownPod();
      if (!pod) return false;
      return isTicket(client, { namespace: pod.namespace, account: TICKETS, audience: TICKETS }, ticket);
    },
    onPlacement: ({ decision, claim, name }) => {
      if (!claim) return;
      const isPlaced = decision.chosen !== null;
      events.tell({
        namespace: claim.namespace,
        claim: claim.name,
        uid: claimUid(name),
        type: isPlaced ? 'Normal' : 'Warning',
        reason: isPlaced ? 'VolumePlaced' : 'PlacementRefused',
        message: withReference(explain(decision), isPlaced ? '' : refusalError(decision).reference, MAX_EVENT_BYTES),
      });
    },
    onPartial: ({ id, error }) => {
      const message = withReference(error.sentence, error.reference, MAX_EVENT_BYTES);
      const event = partlyConnected(volumes?.list() ?? [], id, message);
      if (event) events.tell(event);
    },
    close: async () => {
      await watching.catch(() => undefined);
      client.close();
    },
  };
}
