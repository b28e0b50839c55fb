import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Json } from './json.ts';
import { asObject, asText } from './json.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';

/** Who says nothing for so long has lost it. Who holds it must renew it several times in that while. */
const LEASE_SECONDS = 60;

export interface LeadershipParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** This replica; the pod's name. */
  readonly identity: string;
}

/**
 * One of several replicas, by a Lease. For work where two at once would only be a nuisance: nobody is fenced, so nothing
 * on arrays or nodes may rest on it.
 */
export class Leadership {
  readonly #parts: LeadershipParts;
  readonly #collection: string;
  /** Version of another holder's Lease, and when it was first seen: clocks of two machines are never compared. */
  #seen = { version: '', atMs: 0 };
  /** What the API server refused, as told last; empty while it refuses nothing. */
  #complaint = '';

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${parts.namespace}/leases`;
  }

  /** Takes or renews it where possible; to be asked every 20 seconds or so. False, too, while the API server is away. */
  async isMine(): Promise<boolean> {
    const lease = await this.#read().catch(() => undefined);
    if (lease === undefined) return false;
    if (lease !== null && !this.#mayTake(lease)) return false;
    return this.#write(lease, this.#parts.identity);
  }

  /** Gives it up, so that another replica need not wait. Does nothing where it is another's. */
  async release(): Promise<void> {
    const lease = await this.#read().catch(() => null);
    if (lease && holderOf(lease) === this.#parts.identity) await this.#write(lease, '');
  }

  /** Null where there is none yet. */
  async #read(): Promise<Json | null> {
    const { status, body } = await this.#parts.client.request('GET', `${this.#collection}/${this.#parts.name}`);
    this.#tell('read', status);
    if (status === 404) return null;
    if (status !== 200) throw new Error(`status ${status}`);
    return asObject(body);
  }

  #mayTake(lease: Json): boolean {
    const { clock, identity } = this.#parts;
    const holder = holderOf(lease);
    if (holder === '' || holder === identity) return true;
    const version = asText(asObject(lease.metadata).resourceVersion);
    if (version !== this.#seen.version) this.#seen = { version, atMs: clock.nowMs() };
    return clock.nowMs() - this.#seen.atMs > LEASE_SECONDS * 1000;
  }

  /** The API server refuses it when another replica was faster. */
  async #write(lease: Json | null, holderIdentity: string): Promise<boolean> {
    const { client, clock, name, namespace } = this.#parts;
    const version = asObject(lease?.metadata).resourceVersion;
    const renewTime = new Date(clock.wallMs()).toISOString().replace('Z', '000Z');
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, ...(version === undefined ? {} : { resourceVersion: version }) },
      spec: { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    };
    const answer: KubeAnswer | null = await (
      lease === null
        ? client.request('POST', this.#collection, body)
        : client.request('PUT', `${this.#collection}/${name}`, body)
    ).catch(() => null);
    if (answer) this.#tell('written', answer.status);
    return answer !== null && answer.status < 300;
  }

  /** Once a refusal. Conflicts and what is gone are the game's own moves; who is away comes back by itself. */
  #tell(what: 'read' | 'written', status: number): void {
    const isRefused = status >= 400 && status < 500 && status !== 404 && status !== 409 && status !== 429;
    if (!isRefused) {
      // A read that works says nothing about the right to write.
      if (what === 'written' || this.#complaint.includes(' be read')) this.#complaint = '';
      return;
    }
    const { logger, name, namespace } = this.#parts;
    const complaint =
      `Lease ${namespace}/${name} can’t be ${what}: the API server answers ${status}, so this replica does not lead. ` +
      'Give its service account get, create and update of leases in that namespace; the chart does.';
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    logger.warn({}, complaint);
  }
}

const holderOf = (lease: Json): string => asText(asObject(lease.spec).holderIdentity);
