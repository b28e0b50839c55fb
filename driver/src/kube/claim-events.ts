import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { KubeClient } from './kube-client.ts';

export interface ClaimEvent {
  readonly namespace: string;
  readonly claim: string;
  /** The claim's UID; `kubectl describe` shows only events that name it. Null when unknown. */
  readonly uid: string | null;
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'VolumePlaced' | 'PlacementRefused' | 'VolumePartlyConnected';
  readonly message: string;
}

/** Waiting events; more are dropped, never waited for. */
const MAX_QUEUE = 500;
/** The same sentence about a claim is not told again so soon: the provisioner retries for hours. */
const QUIET_MS = 5 * 60_000;
const MAX_REMEMBERED = 2000;
/** Why a volume is where it is should not be lost to an API server that restarts. */
const PAUSES_MS = [1000, 5000, 30_000];

/** `pvc-<uid>` is the provisioner's name for a volume. */
export const claimUid = (volumeName: string): string | null =>
  /^pvc-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(volumeName)?.[1] ?? null;

/** Writes events one by one in the background; an API server that stays away costs nothing but the event. */
export class ClaimEvents {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #told = new Map<string, number>();
  #queue: ClaimEvent[] = [];
  #isRunning = false;
  #count = 0;

  constructor(parts: { readonly client: KubeClient; readonly clock: Clock; readonly logger: Logger }) {
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  tell(event: ClaimEvent): void {
    if (this.#wasToldLately(event) || this.#queue.length >= MAX_QUEUE) return;
    this.#queue.push(event);
    if (!this.#isRunning) void this.#run();
  }

  #wasToldLately({ namespace, claim, type, reason, message }: ClaimEvent): boolean {
    const nowMs = this.#clock.nowMs();
    // Why a claim is refused has new figures with each try; of connections, each node and array is told.
    const key = `${namespace}/${claim}/${reason}${reason === 'PlacementRefused' ? '' : `/${message}`}`;
    const beforeMs = this.#told.get(key);
    if (beforeMs !== undefined && nowMs - beforeMs < QUIET_MS && type === 'Warning') return true;
    this.#told.delete(key);
    this.#told.set(key, nowMs);
    if (this.#told.size > MAX_REMEMBERED) this.#told.delete(this.#told.keys().next().value ?? '');
    return false;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) {
      await this.#write(event);
    }
    this.#isRunning = false;
  }

  async #write(event: ClaimEvent): Promise<void> {
    const body = this.#body(event);
    for (const pauseMs of [...PAUSES_MS, null]) {
      const fault = await this.#post(event, body);
      if (fault === null) return;
      if (pauseMs === null) this.#logger.warn({ claim: event.claim }, `An event was not written: ${fault}`);
      else await this.#clock.sleep(pauseMs);
    }
  }

  /** What may pass by itself; null where there is nothing more to do. */
  async #post({ namespace, claim }: ClaimEvent, body: object): Promise<string | null> {
    try {
      const { status } = await this.#client.request('POST', `/api/v1/namespaces/${namespace}/events`, body);
      if (status === 429 || status >= 500) return `the API server answered ${status}.`;
      // 409: an attempt before had come through.
      if (status >= 300 && status !== 409) this.#logger.warn({ claim, status }, 'The API server refused an event.');
      return null;
    } catch (error) {
      return String(error);
    }
  }

  #body({ namespace, claim, uid, type, reason, message }: ClaimEvent): object {
    this.#count += 1;
    const at = new Date(this.#clock.wallMs()).toISOString();
    const suffix = `${Math.floor(this.#clock.wallMs()).toString(16)}${this.#count.toString(16)}`;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${claim.slice(0, 200)}.${suffix}`, namespace },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name: claim,
        ...(uid ? { uid } : {}),
      },
      type,
      reason,
      message,
      count: 1,
      source: { component: 'pure-csi' },
      firstTimestamp: at,
      lastTimestamp: at,
    };
  }
}
