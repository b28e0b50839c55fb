import type { ArrayState } from '../domain/array.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ArrayHealth, StorageArrayStatus } from './array-status.ts';
import { arrayObjectName, arrayStatus, essence } from './array-status.ts';
import { asList, asObject, nameOf } from './json.ts';
import type { KubeClient } from './kube-client.ts';
import type { Leadership } from './leadership.ts';
import type { OwnObject } from './own-object.ts';
import { applyObject, applyStatus, MANAGED } from './own-object.ts';

const COLLECTION = '/apis/pure-pso.io/v1alpha1/storagearrays';
/** Renews the leadership in time, and shows trouble soon. */
const ROUND_MS = 20_000;
/** Right after an installation: arrays answer one by one, and the definitions may be a moment younger than the pods. */
const YOUNG_MS = 60_000;
const YOUNG_ROUND_MS = 3_000;
/** So often also what did not change is written: its age tells that it is still true. */
const REFRESH_MS = 5 * 60_000;
/** A cluster without the definitions, or without the right to write: somebody may still bring them. */
const REFUSED_MS = 60_000;

export interface StorageArraysParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leadership: Leadership;
  /** All that are configured, now. */
  readonly arrays: () => readonly ArrayState[];
  /** Whether these are all that the administrator means; while an entry is wrong, no object is removed. */
  readonly isWhole: () => boolean;
  /** Between two polls of one array. */
  readonly pollMs: number;
}

interface Written {
  readonly essence: string;
  readonly health: ArrayHealth;
  readonly atMs: number;
}

/**
 * Keeps a StorageArray for each configured array, written by one of the replicas: at most once a poll, and only what
 * changed. A window, not a store: nothing reads it back.
 */
export class StorageArrays {
  readonly #parts: StorageArraysParts;
  /** By name; null while this replica does not lead. Undefined: it is there, but not known what it says. */
  #objects: Map<string, Written | undefined> | null = null;
  #youngUntilMs = 0;
  #waitUntilMs = 0;
  #complaint = '';

  constructor(parts: StorageArraysParts) {
    this.#parts = parts;
  }

  /** Until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, leadership } = this.#parts;
    this.#youngUntilMs = clock.nowMs() + YOUNG_MS;
    while (!signal.aborted) {
      await this.#round();
      await clock.sleep(this.#isYoung ? YOUNG_ROUND_MS : ROUND_MS, signal).catch(() => undefined);
    }
    await leadership.release();
  }

  get #isYoung(): boolean {
    return this.#parts.clock.nowMs() < this.#youngUntilMs;
  }

  async #round(): Promise<void> {
    const { clock, leadership, logger } = this.#parts;
    if (clock.nowMs() < this.#waitUntilMs) return;
    if (!(await leadership.isMine())) {
      this.#objects = null;
      return;
    }
    try {
      this.#objects ??= await this.#list();
      if (this.#objects) await this.#report(this.#objects);
    } catch (error) {
      logger.debug({}, `StorageArrays are not written: ${String(error)}`);
    }
  }

  /** Null where the cluster knows no such kind. */
  async #list(): Promise<Map<string, undefined> | null> {
    const [[label, value] = ['', '']] = Object.entries(MANAGED);
    const { status, body } = await this.#parts.client.request(
      'GET',
      `${COLLECTION}?labelSelector=${encodeURIComponent(`${label}=${value}`)}`,
    );
    if (status !== 200) {
      this.#refused(status);
      return null;
    }
    return new Map(asList(asObject(body).items).map(item => [nameOf(asObject(item)), undefined]));
  }

  async #report(objects: Map<string, Written | undefined>): Promise<void> {
    const { arrays, clock, isWhole } = this.#parts;
    const all = arrays();
    for (const state of all) {
      const status = arrayStatus(state, clock);
      if (status && this.#isDue(objects.get(arrayObjectName(state.settings.endpoint)), status)) {
        await this.#write(objects, state.settings.endpoint, status);
      }
    }
    // Without any array the values may be on their way: an empty set removes nothing.
    if (all.length === 0 || !isWhole()) return;
    const wanted = new Set(all.map(({ settings }) => arrayObjectName(settings.endpoint)));
    for (const name of [...objects.keys()].filter(known => !wanted.has(known))) await this.#remove(objects, name);
  }

  #isDue(written: Written | undefined, status: StorageArrayStatus): boolean {
    if (!written || written.health !== status.health) return true;
    const ageMs = this.#parts.clock.nowMs() - written.atMs;
    return ageMs >= REFRESH_MS || (ageMs >= this.#parts.pollMs && written.essence !== essence(status));
  }

  async #write(objects: Map<string, Written | undefined>, endpoint: string, status: StorageArrayStatus): Promise<void> {
    const { client, clock } = this.#parts;
    const name = arrayObjectName(endpoint);
    const object: OwnObject = { collection: COLLECTION, kind: 'StorageArray', name, spec: { endpoint } };
    if (!objects.has(name)) {
      const made = await applyObject(client, object);
      if (made.status >= 300) return this.#refused(made.status);
      objects.set(name, undefined);
    }
    const answer = await applyStatus(client, object, status);
    if (answer.status === 404) objects.delete(name);
    else if (answer.status >= 300) this.#refused(answer.status);
    else objects.set(name, { essence: essence(status), health: status.health, atMs: clock.nowMs() });
  }

  async #remove(objects: Map<string, Written | undefined>, name: string): Promise<void> {
    const { status } = await this.#parts.client.request('DELETE', `${COLLECTION}/${encodeURIComponent(name)}`);
    if (status < 300 || status === 404) objects.delete(name);
    else this.#refused(status);
  }

  /** Told once, tried again later: volumes need no StorageArrays. */
  #refused(status: number): void {
    const { clock, logger } = this.#parts;
    if (this.#isYoung) return;
    this.#waitUntilMs = clock.nowMs() + REFUSED_MS;
    const complaint =
      status === 404
        ? 'The cluster does not know StorageArrays of pure-pso.io: the state of arrays is in metrics and log only.'
        : `The API server refused a StorageArray with status ${status}: the state of arrays is in metrics and log only.`;
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    logger.warn({}, complaint);
  }
}
