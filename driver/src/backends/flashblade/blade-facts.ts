import type { ArrayObservation, ArraySettings } from '../../domain/array.ts';
import type { ArrayPortal } from '../../domain/array-check.ts';
import { PsoError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { getOpenAlerts } from '../../rest/arrays.ts';
import { getArray, getDataAddresses, getPerformance, getSpace } from '../../rest/flashblade/arrays.ts';
import { QOS_POLICY_MINOR } from '../../rest/flashblade/file-systems.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { alertWarnings, identityOf, Observations, type SlowPart } from '../observations.ts';
import { toArrayLoad } from './load.ts';

/** What is known of one FlashBlade, and asked again only when it is old. */
export class BladeFacts {
  readonly #rest: RestClient;
  readonly #observations: Observations;
  readonly #settings: ArraySettings;
  readonly #nfsEndpoint: string | null;
  readonly #addressRead = new SharedRead<readonly string[]>();
  #dataAddress: string | null = null;

  constructor(rest: RestClient, clock: Clock, settings: ArraySettings, nfsEndpoint: string | null) {
    this.#rest = rest;
    this.#observations = new Observations(clock, {
      array: call => getArray(rest, call),
      space: call => getSpace(rest, call),
      load: async call => {
        const sample = await getPerformance(rest, call);
        return sample === null ? null : toArrayLoad(sample);
      },
      slowPart: call => this.#slowPart(call),
    });
    this.#settings = settings;
    this.#nfsEndpoint = nfsEndpoint;
  }

  async arrayId(call: RestCall): Promise<string> {
    return await this.#observations.arrayId(call);
  }

  async observe(call: RestCall): Promise<ArrayObservation> {
    return await this.#observations.observe(call);
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

  async #slowPart(call: RestCall): Promise<SlowPart> {
    const [array, addresses, alerts] = await Promise.all([
      getArray(this.#rest, call),
      this.#nfsEndpoint === null ? getDataAddresses(this.#rest, call) : [this.#nfsEndpoint],
      getOpenAlerts(this.#rest, 'description', call),
    ]);
    const minor = await this.#rest.minor(call);
    this.#dataAddress = addresses[0] ?? null;
    return {
      identity: identityOf(array, { kind: 'flashblade', model: array.productType ?? 'FlashBlade' }, minor),
      protocols: addresses.length > 0 ? ['nfs'] : [],
      supportsQos: minor >= QOS_POLICY_MINOR,
      warnings: alertWarnings(alerts),
    };
  }
}
