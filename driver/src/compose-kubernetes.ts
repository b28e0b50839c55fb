import { inClusterClient } from './adapters/in-cluster-client.ts';
import { ClaimEvents, claimUid } from './kube/claim-events.ts';
import { CsiNodes } from './kube/csi-nodes.ts';
import type { ClusterVolume } from './kube/persistent-volumes.ts';
import { PersistentVolumes } from './kube/persistent-volumes.ts';
import { SnapshotContents } from './kube/snapshot-contents.ts';
import { withReference } from './domain/errors.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import type { NodeDirectory } from './orchestrator/node-ids.ts';
import type { PlacementReport, SnapshotLedger } from './orchestrator/requests.ts';
import { explain, MAX_EVENT_BYTES, refusalError } from './placement/explain.ts';

export interface KubernetesSide {
  readonly ledger: SnapshotLedger;
  readonly nodes: NodeDirectory | null;
  /** Null while they are not known. */
  readonly volumes: () => readonly ClusterVolume[] | null;
  onPlacement(report: PlacementReport): void;
  close(): Promise<void>;
}

/** Outside a cluster, or while its API server is away, everything works but events; snapshots are then counted on the array. */
export function connectKubernetes(parts: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Whether somebody wants to know the volumes. */
  readonly watchesVolumes: boolean;
}): KubernetesSide {
  const client = inClusterClient();
  if (!client) {
    parts.logger.info({}, 'Not in a Kubernetes cluster: no events are written.');
    return {
      ledger: { hasSnapshots: () => undefined },
      nodes: null,
      volumes: () => null,
      onPlacement: () => undefined,
      close: () => Promise.resolve(),
    };
  }
  const events = new ClaimEvents({ client, ...parts });
  const ledger = new SnapshotContents({ client, ...parts });
  const volumes = parts.watchesVolumes ? new PersistentVolumes({ client, ...parts }) : null;
  const watching = Promise.all([ledger.run(parts.signal), volumes?.run(parts.signal)]);
  return {
    ledger,
    nodes: new CsiNodes(client),
    volumes: () => volumes?.list() ?? null,
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
    close: async () => {
      await watching.catch(() => undefined);
      client.close();
    },
  };
}
