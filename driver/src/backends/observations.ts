import type { ArrayIdentity, ArrayLoad, ArrayObservation } from '../domain/array.ts';
import type { Clock } from '../lib/clock.ts';
import { SharedRead } from '../lib/shared-read.ts';
import type { AlertItem, ArrayItem, SpaceItem } from '../rest/arrays.ts';
import type { RestCall } from '../rest/rest-client.ts';

/** Identity, interfaces and health change rarely: two calls a poll instead of five or six. */
const SLOW_PART_MS = 10 * 60_000;
const MAX_WARNINGS = 10;

/** Of an observation, what is read again only when it is old. */
export type SlowPart = Pick<ArrayObservation, 'identity' | 'protocols' | 'supportsQos' | 'warnings'>;

/** What a family of arrays is asked in its own way. */
export interface ObservationReads {
  array(call: RestCall): Promise<ArrayItem>;
  space(call: RestCall): Promise<SpaceItem>;
  load(call: RestCall): Promise<ArrayLoad | null>;
  slowPart(call: RestCall): Promise<SlowPart>;
}

/** Who an array is, and how it does. */
export class Observations {
  readonly #clock: Clock;
  readonly #reads: ObservationReads;
  readonly #arrayRead = new SharedRead<ArrayItem>();
  #arrayId: string | null = null;
  #slow: { readonly takenAtMs: number; readonly part: SlowPart } | null = null;

  constructor(clock: Clock, reads: ObservationReads) {
    this.#clock = clock;
    this.#reads = reads;
  }

  /** As the last look found it. */
  get identity(): ArrayIdentity | null {
    return this.#slow?.part.identity ?? null;
  }

  /** The array's UUID, lower case; asked once. */
  async arrayId(call: RestCall): Promise<string> {
    this.#arrayId ??= (await this.#arrayRead.ask(() => this.#reads.array(call))).id;
    return this.#arrayId;
  }

  async observe(call: RestCall): Promise<ArrayObservation> {
    const slow = this.#slow;
    const isStale = slow === null || this.#clock.nowMs() - slow.takenAtMs >= SLOW_PART_MS;
    const [space, load, part] = await Promise.all([
      this.#reads.space(call),
      this.#reads.load(call),
      isStale ? this.#readSlowPart(call) : slow.part,
    ]);
    return Object.freeze({
      identity: part.identity,
      capacity: { totalBytes: space.capacity, usedBytes: space.used, provisionedBytes: space.provisioned },
      load,
      protocols: part.protocols,
      supportsQos: part.supportsQos,
      warnings: part.warnings,
      observedAtMs: this.#clock.nowMs(),
    });
  }

  async #readSlowPart(call: RestCall): Promise<SlowPart> {
    const takenAtMs = this.#clock.nowMs();
    const read = await this.#reads.slowPart(call);
    const part = { ...read, warnings: read.warnings.slice(0, MAX_WARNINGS) };
    this.#arrayId = part.identity.id;
    this.#slow = { takenAtMs, part };
    return part;
  }
}

export const identityOf = (
  array: ArrayItem,
  what: Pick<ArrayIdentity, 'kind' | 'model'>,
  minor: number,
): ArrayIdentity => ({
  id: array.id,
  name: array.name,
  kind: what.kind,
  model: what.model,
  purityVersion: array.version,
  restVersion: `2.${minor}`,
});

/** Only what somebody should look at. */
export const alertWarnings = (alerts: readonly AlertItem[]): readonly string[] =>
  alerts
    .filter(({ severity }) => severity === 'critical' || severity === 'warning')
    .map(({ severity, summary }) => `Open alert (${severity}): ${summary}`);
