import type { ArrayIdentity, ArrayLoad, ArrayObservation, ArraySettings, Protocol } from '../../domain/array.ts';
import { PsoError } from '../../domain/errors.ts';
import { Cidr } from '../../lib/cidr.ts';
import type { Clock } from '../../lib/clock.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import {
  getArray,
  getControllers,
  getEnabledServices,
  getOpenAlerts,
  getPerformance,
  getPorts,
  getSpace,
  type AlertItem,
  type ArrayItem,
  type ControllerItem,
  type PerformanceItem,
  type PortItem,
} from '../../rest/flasharray/arrays.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { kindOfModel } from '../cloud-block-store/traits.ts';

/** Identity, ports and health change rarely: two calls a poll instead of six. */
const SLOW_PART_MS = 10 * 60_000;
const MAX_WARNINGS = 10;

interface SlowPart {
  readonly takenAtMs: number;
  readonly identity: ArrayIdentity;
  readonly protocols: readonly Protocol[];
  readonly warnings: readonly string[];
}

export interface IscsiTarget {
  readonly iqn: string;
  /** `ip:port`. */
  readonly portals: readonly string[];
}

/** What is known of one array, and asked again only when it is old. */
export class ArrayFacts {
  readonly #rest: RestClient;
  readonly #clock: Clock;
  readonly #settings: ArraySettings;
  readonly #cidrs: readonly Cidr[];
  readonly #identityRead = new SharedRead<ArrayItem>();
  readonly #portsRead = new SharedRead<readonly PortItem[]>();
  #arrayId: string | null = null;
  #slow: SlowPart | null = null;
  #ports: readonly PortItem[] | null = null;
  #controllers: readonly ControllerItem[] = [];

  constructor(rest: RestClient, clock: Clock, settings: ArraySettings, allowedCidrs: readonly string[]) {
    this.#rest = rest;
    this.#clock = clock;
    this.#settings = settings;
    this.#cidrs = allowedCidrs.map(text => {
      const cidr = Cidr.parse(text);
      if (cidr) return cidr;
      throw new PsoError(
        'array-setting-invalid',
        `Array ${settings.endpoint}: iSCSI CIDR "${text}" is no network.`,
        'Write it as 10.0.0.0/24 or fd00::/64.',
      );
    });
  }

  /** The array's UUID, lower case; asked once. */
  async arrayId(call: RestCall): Promise<string> {
    if (this.#arrayId !== null) return this.#arrayId;
    this.#arrayId = (await this.#identityRead.ask(() => getArray(this.#rest, call))).id;
    return this.#arrayId;
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
      protocols: fresh.protocols,
      supportsQos: true,
      warnings: fresh.warnings,
      observedAtMs: this.#clock.nowMs(),
    });
  }

  /** Where a node logs in. Ports are cached; asked when none are known. */
  async iscsiTarget(call: RestCall): Promise<IscsiTarget> {
    this.#ports ??= await this.#portsRead.ask(() => getPorts(this.#rest, call));
    const target = this.#pick(this.#ports);
    if (target) return target;
    this.#ports = null;
    const { endpoint } = this.#settings;
    throw new PsoError(
      'array-without-portals',
      this.#cidrs.length === 0
        ? `Array ${endpoint} has no iSCSI port with an address.`
        : `Array ${endpoint} has no iSCSI port inside the allowed networks.`,
      'Enable iSCSI on a network interface of the array, or correct the allowed CIDRs.',
    );
  }

  #pick(ports: readonly PortItem[]): IscsiTarget | null {
    const allowed = ports.flatMap(({ name, iqn, portal }) =>
      iqn !== null && portal !== null && this.#isAllowed(portal) ? [{ name, iqn, portal }] : [],
    );
    const down = this.#controllers.filter(({ status }) => status === 'not ready').map(({ name }) => `${name}.`);
    const up = allowed.filter(({ name }) => !down.some(prefix => name.startsWith(prefix)));
    const usable = up.length > 0 ? up : allowed;
    const [first] = usable;
    if (!first) return null;
    const portals = usable.filter(({ iqn }) => iqn === first.iqn).map(({ portal }) => portal);
    return { iqn: first.iqn, portals: [...new Set(portals)].sort() };
  }

  #isAllowed(portal: string): boolean {
    const address = portal.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return this.#cidrs.length === 0 || this.#cidrs.some(cidr => cidr.has(address));
  }

  async #readSlowPart(call: RestCall): Promise<SlowPart> {
    const takenAtMs = this.#clock.nowMs();
    const [array, controllers, ports, alerts] = await Promise.all([
      getArray(this.#rest, call),
      getControllers(this.#rest, call),
      getPorts(this.#rest, call),
      getOpenAlerts(this.#rest, call),
    ]);
    const services = ports.some(port => port.nqn !== null && port.portal !== null)
      ? await getEnabledServices(this.#rest, call)
      : new Set<string>();
    const minor = await this.#rest.minor(call);
    this.#arrayId = array.id;
    this.#ports = ports;
    this.#controllers = controllers;
    this.#slow = {
      takenAtMs,
      identity: identityOf(array, controllers, minor),
      protocols: protocolsOf(ports, services),
      warnings: warningsOf(controllers, alerts),
    };
    return this.#slow;
  }
}

function identityOf(array: ArrayItem, controllers: readonly ControllerItem[], minor: number): ArrayIdentity {
  const model = controllers.find(controller => controller.model !== '')?.model ?? 'unknown';
  return {
    id: array.id,
    name: array.name,
    kind: kindOfModel(model),
    model,
    purityVersion: array.version,
    restVersion: `2.${minor}`,
  };
}

function protocolsOf(ports: readonly PortItem[], services: ReadonlySet<string>): readonly Protocol[] {
  const found: Protocol[] = [];
  if (ports.some(port => port.iqn !== null && port.portal !== null)) found.push('iscsi');
  if (services.has('nvme-tcp')) found.push('nvme-tcp');
  if (services.has('nvme-roce')) found.push('nvme-roce');
  if (ports.some(port => port.wwn !== null)) found.push('fc');
  return found;
}

function warningsOf(controllers: readonly ControllerItem[], alerts: readonly AlertItem[]): readonly string[] {
  const broken = controllers
    .filter(({ status }) => status !== 'ready')
    .map(({ name, status }) => `Controller ${name} is ${status}.`);
  const open = alerts
    .filter(({ severity }) => severity === 'critical' || severity === 'warning')
    .map(({ severity, summary }) => `Open alert (${severity}): ${summary}`);
  return [...broken, ...open].slice(0, MAX_WARNINGS);
}

/** Averages weighted by operations. */
function toLoad(sample: PerformanceItem): ArrayLoad {
  const { readsPerSecond, writesPerSecond } = sample;
  const iops = readsPerSecond + writesPerSecond;
  const weighted = (read: number, write: number): number =>
    iops === 0 ? 0 : (read * readsPerSecond + write * writesPerSecond) / iops;
  return {
    iops,
    bytesPerSecond: sample.bytesPerSecond,
    latencyMicroseconds: weighted(sample.readLatencyUsec, sample.writeLatencyUsec),
    queueMicroseconds: weighted(sample.readQueueUsec, sample.writeQueueUsec),
  };
}
