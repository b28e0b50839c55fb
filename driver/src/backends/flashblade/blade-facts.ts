import type { ArrayIdentity, ArrayLoad, ArrayObservation, ArraySettings } from '../../domain/array.ts';
import type { ArrayPortal } from '../../domain/array-check.ts';
import { PsoError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import {
  getArray,
  getDataAddresses,
  getOpenAlerts,
  getPerformance,
  getSpace,
  type ArrayItem,
  type PerformanceItem,
} from '../../rest/flashblade/arrays.ts';
import { QOS_POLICY_MINOR } from '../../rest/flashblade/file-systems.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';

/** Identity, interfaces and alerts change rarely: two calls a poll instead of five. */
const SLOW_PART_MS = 10 * 60_000;
const MAX_WARNINGS = 10;

interface SlowPart {
  readonly takenAtMs: number;
  readonly identity: ArrayIdentity;
  readonly supportsQos: boolean;
  readonly hasDataAddress: boolean;
  readonly warnings: readonly string[];
}

/** What is known of one FlashBlade, and asked again only when it is old. */
export class BladeFacts {
  readonly #rest: RestClient;
  readonly #clock: Clock;
  readonly #settings: ArraySettings;
  readonly #nfsEndpoint: string | null;
  readonly #identityRead = new SharedRead<ArrayItem>();
  readonly #addressRead = new SharedRead<readonly string[]>();
  #arrayId: string | null = null;
  #dataAddress: string | null = null;
  #slow: SlowPart | null = null;

  constructor(rest: RestClient, clock: Clock, settings: ArraySettings, nfsEndpoint: string | null) {
    this.#rest = rest;
    this.#clock = clock;
    this.#settings = settings;
    this.#nfsEndpoint = nfsEndpoint;
  }

  /** The array's UUID, lower case; asked once. */
  async arrayId(call: RestCall): Promise<string> {
    if (this.#arrayId !== null) return this.#arrayId;
    this.#arrayId = (await this.#identityRead.ask(() => getArray(this.#rest, call))).id;
    return this.#arrayId;
  }

  /** Where nodes mount: NFSEndPoint of the values, else the first data interface. Asked when none is known. */
  async server(call: RestCall): Promise<string> {
    if (this.#nfsEndpoint !== null) return this.#nfsEndpoint;
    if (this.#dataAddress !== null) return this.#dataAddress;
    const [address] = await this.#addressRead.ask(() => getDataAddresses(this.#rest, call));
    if (address !== undefined) return (this.#dataAddress = address);
    throw new PsoError(
      'array-without-data-address',
      `FlashBlade ${this.#settings.endpoint} has no enabled interface for data.`,
      "Enable a data VIP on the array, or set NFSEndPoint in the array's entry.",
    );
  }

  /** Where nodes mount, as the last look found it. */
  portals(): readonly ArrayPortal[] {
    const address = this.#nfsEndpoint ?? this.#dataAddress;
    return address === null ? [] : [{ protocol: 'nfs', address, isAllowed: true }];
  }

  async observe(call: RestCall): Promise<ArrayObservation> {
    const slow = this.#slow;
    const isStale = slow === null || this.#clock.nowMs() - slow.takenAtMs >= SLOW_PART_MS;
    const [space, performance, fresh] = await Promise.all([
      getSpace(this.#rest, call),
      getPerformance(this.#rest, call),
      isStale ? this.#readSlowPart(call) : slow,
    ]);
    return Object.freeze({
      identity: fresh.identity,
      capacity: { totalBytes: space.capacity, usedBytes: space.used, provisionedBytes: space.provisioned },
      load: performance === null ? null : toLoad(performance),
      protocols: fresh.hasDataAddress ? (['nfs'] as const) : [],
      supportsQos: fresh.supportsQos,
      warnings: fresh.warnings,
      observedAtMs: this.#clock.nowMs(),
    });
  }

  async #readSlowPart(call: RestCall): Promise<SlowPart> {
    const takenAtMs = this.#clock.nowMs();
    const [array, addresses, alerts] = await Promise.all([
      getArray(this.#rest, call),
      this.#nfsEndpoint === null ? getDataAddresses(this.#rest, call) : [this.#nfsEndpoint],
      getOpenAlerts(this.#rest, call),
    ]);
    const minor = await this.#rest.minor(call);
    this.#arrayId = array.id;
    this.#dataAddress = addresses[0] ?? null;
    this.#slow = {
      takenAtMs,
      identity: {
        id: array.id,
        name: array.name,
        kind: 'flashblade',
        model: array.productType ?? 'FlashBlade',
        purityVersion: array.version,
        restVersion: `2.${minor}`,
      },
      supportsQos: minor >= QOS_POLICY_MINOR,
      hasDataAddress: addresses.length > 0,
      warnings: alerts
        .filter(({ severity }) => severity === 'critical' || severity === 'warning')
        .map(({ severity, summary }) => `Open alert (${severity}): ${summary}`)
        .slice(0, MAX_WARNINGS),
    };
    return this.#slow;
  }
}

/** Averages weighted by operations. The array reports no time in queue. */
function toLoad(sample: PerformanceItem): ArrayLoad {
  const { readsPerSecond, writesPerSecond, othersPerSecond } = sample;
  const iops = readsPerSecond + writesPerSecond + othersPerSecond;
  const total =
    sample.readLatencyUsec * readsPerSecond +
    sample.writeLatencyUsec * writesPerSecond +
    sample.otherLatencyUsec * othersPerSecond;
  return {
    iops,
    bytesPerSecond: sample.bytesPerSecond,
    latencyMicroseconds: iops === 0 ? 0 : total / iops,
    queueMicroseconds: 0,
  };
}
