import type { NodeReport } from '../domain/node-report.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { KubeClient } from './kube-client.ts';
import type { OwnObject } from './own-object.ts';
import { applyObject, applyStatus } from './own-object.ts';

const COLLECTION = '/apis/pure-pso.io/v1alpha1/storagenodes';
const ROUND_MS = 60_000;
/** So often also what did not change is written: its age tells that the node plugin still looks. */
const REFRESH_MS = 15 * 60_000;

export interface StorageNodeParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly read: () => Promise<NodeReport>;
}

/** Removed with the Node it belongs to, by Kubernetes. */
const ownerOf = ({ name, uid }: NodeReport): Readonly<Record<string, unknown>> =>
  uid === '' ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] };

const objectOf = (report: NodeReport): OwnObject => ({
  collection: COLLECTION,
  kind: 'StorageNode',
  name: report.name,
  metadata: ownerOf(report),
  spec: {},
});

/** Keeps the StorageNode of the own node; the API server lets a node plugin write no other. */
export class StorageNode {
  readonly #parts: StorageNodeParts;
  /** What the object says; null when it must be made first. */
  #written: { readonly text: string; readonly atMs: number } | null = null;
  #complaint = 0;

  constructor(parts: StorageNodeParts) {
    this.#parts = parts;
  }

  /** Until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    while (!signal.aborted) {
      await this.#round().catch((error: unknown) => {
        logger.debug({}, `The StorageNode is not written: ${String(error)}`);
      });
      await clock.sleep(ROUND_MS, signal).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    const { client, clock, read } = this.#parts;
    const report = await read();
    const { driverVersion, addresses, initiators, topology, paths, findings } = report;
    const facts = { driverVersion, addresses, initiators, topology, paths, findings };
    const text = JSON.stringify(facts);
    if (this.#written?.text === text && clock.nowMs() - this.#written.atMs < REFRESH_MS) return;
    const object = objectOf(report);
    if (!this.#written) {
      const { status } = await applyObject(client, object);
      if (status >= 300) return this.#refused(status);
    }
    const reportedAt = new Date(clock.wallMs()).toISOString();
    const { status } = await applyStatus(client, object, { ...facts, reportedAt });
    this.#written = status < 300 ? { text, atMs: clock.nowMs() } : null;
    if (status >= 300) this.#refused(status);
  }

  /** Told once: volumes need no StorageNodes. */
  #refused(status: number): void {
    if (status === this.#complaint) return;
    this.#complaint = status;
    this.#parts.logger.warn(
      {},
      status === 404
        ? 'The cluster does not know StorageNodes of pure-pso.io: findings of this node are in metrics and log only.'
        : `The API server refused the StorageNode with status ${status}: findings of this node are in metrics and log only.`,
    );
  }
}
