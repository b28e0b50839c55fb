import type { ArrayPortal } from '../../domain/array-check.ts';
import {
  type ArrayIdentity,
  type ArrayObservation,
  type ArraySettings,
  isNvme,
  type NvmeProtocol,
  type Protocol,
  PROTOCOL_WORDS,
  type SanType,
} from '../../domain/array.ts';
import { PsoError } from '../../domain/errors.ts';
import { Cidr } from '../../lib/cidr.ts';
import type { Clock } from '../../lib/clock.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { getOpenAlerts, type AlertItem, type ArrayItem } from '../../rest/arrays.ts';
import {
  getArray,
  getControllers,
  getEnabledInterfaces,
  getPerformance,
  getPorts,
  getSpace,
  type ControllerItem,
} from '../../rest/flasharray/arrays.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { kindOfModel } from '../cloud-block-store/traits.ts';
import { alertWarnings, identityOf, Observations, type SlowPart } from '../observations.ts';
import { toArrayLoad } from './load.ts';
import { hasScsiFc, pickTarget, portalsOf, type ArrayPorts, type SanTarget } from './san-target.ts';

/** REST 2.27 shows `nsid` on connections. */
const NSID_SINCE_MINOR = 27;
/** What no Cloud Block Store has, whatever an administrator enables. */
const METAL_ONLY: readonly Protocol[] = ['fc', 'nvme-roce'];

/** How an array's volumes are to be reached. */
export interface SanWishes {
  readonly sanType: SanType;
  /** Portals outside are not used; empty: all. */
  readonly allowedCidrs: readonly string[];
}

/** What is known of one array, and asked again only when it is old. */
export class ArrayFacts {
  readonly #rest: RestClient;
  readonly #observations: Observations;
  readonly #settings: ArraySettings;
  readonly #sanType: SanType;
  readonly #cidrs: readonly Cidr[];
  readonly #portsRead = new SharedRead<ArrayPorts>();
  #ports: ArrayPorts | null = null;
  #controllers: readonly ControllerItem[] = [];

  constructor(rest: RestClient, clock: Clock, settings: ArraySettings, wishes: SanWishes) {
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
    this.#sanType = wishes.sanType;
    this.#cidrs = wishes.allowedCidrs.map(text => {
      const cidr = Cidr.parse(text);
      if (cidr) return cidr;
      throw new PsoError(
        'array-setting-invalid',
        `Array ${settings.endpoint}: iSCSIAllowedCIDR "${text}" is no network.`,
        'Write it as 10.0.0.0/24 or fd00::/64.',
      );
    });
  }

  async arrayId(call: RestCall): Promise<string> {
    return await this.#observations.arrayId(call);
  }

  async observe(call: RestCall): Promise<ArrayObservation> {
    return await this.#observations.observe(call);
  }

  /** Where a node finds volumes. Ports are cached; asked when none are known. */
  async sanTarget(call: RestCall): Promise<SanTarget> {
    const protocol = this.#sanType;
    if (isNvme(protocol)) await this.#requireNsids(protocol, call);
    this.#ports ??= await this.#portsRead.ask(() => readPorts(this.#rest, protocol !== 'iscsi', call));
    const target = pickTarget(protocol, this.#ports, this.#controllers, portal => this.#isAllowed(portal));
    if (target) return target;
    this.#ports = null;
    throw this.#withoutTarget(protocol);
  }

  /** Every way to its volumes, the forbidden ones marked. */
  async portals(call: RestCall): Promise<readonly ArrayPortal[]> {
    this.#ports ??= await this.#portsRead.ask(() => readPorts(this.#rest, true, call));
    return portalsOf(this.#ports, portal => this.#isAllowed(portal));
  }

  #withoutTarget(protocol: SanType): PsoError {
    const { endpoint, kind } = this.#settings;
    const isCloud = (this.#observations.identity?.kind ?? kind) === 'cloud-block-store';
    if (!isCloud || !METAL_ONLY.includes(protocol)) {
      return protocol === 'fc' ? this.#withoutFc() : this.#withoutPortal(PROTOCOL_WORDS[protocol]);
    }
    return new PsoError(
      'array-without-portals',
      `Array ${endpoint} is a Cloud Block Store, which has no ${PROTOCOL_WORDS[protocol]}.`,
      'Use it from a cluster with flasharray.sanType ISCSI.',
    );
  }

  #withoutPortal(word: string): PsoError {
    const { endpoint } = this.#settings;
    return new PsoError(
      'array-without-portals',
      this.#cidrs.length === 0
        ? `Array ${endpoint} has no ${word} port with an address.`
        : `Array ${endpoint} has no ${word} port inside the allowed networks.`,
      `Enable ${word} on a network interface of the array, or correct the allowed CIDRs.`,
    );
  }

  #withoutFc(): PsoError {
    return new PsoError(
      'array-without-portals',
      `Array ${this.#settings.endpoint} has no Fibre Channel port that serves SCSI.`,
      'Look at the ports of the array (service scsi-fc), or set flasharray.sanType to ISCSI or NVMEOF-TCP.',
    );
  }

  /** Without the number that the array gave, a node could take a leftover device for the volume. */
  async #requireNsids(protocol: NvmeProtocol, call: RestCall): Promise<void> {
    const minor = await this.#rest.minor(call);
    if (minor >= NSID_SINCE_MINOR) return;
    throw new PsoError(
      'array-feature-missing',
      `Array ${this.#settings.endpoint} speaks REST 2.${minor}; ${PROTOCOL_WORDS[protocol]} needs 2.${NSID_SINCE_MINOR} (Purity 6.6.0), which tells the numbers of namespaces.`,
      'Upgrade Purity on the array, or set flasharray.sanType to ISCSI.',
    );
  }

  #isAllowed(portal: string): boolean {
    const address = portal.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return this.#cidrs.length === 0 || this.#cidrs.some(cidr => cidr.has(address));
  }

  async #slowPart(call: RestCall): Promise<SlowPart> {
    const [array, controllers, ports, alerts] = await Promise.all([
      getArray(this.#rest, call),
      getControllers(this.#rest, call),
      readPorts(this.#rest, true, call),
      getOpenAlerts(this.#rest, 'issue', call),
    ]);
    const minor = await this.#rest.minor(call);
    this.#ports = ports;
    this.#controllers = controllers;
    return {
      identity: identityFrom(array, controllers, minor),
      protocols: protocolsOf(ports, minor),
      supportsQos: true,
      warnings: warningsOf(controllers, alerts),
    };
  }
}

function identityFrom(array: ArrayItem, controllers: readonly ControllerItem[], minor: number): ArrayIdentity {
  const model = controllers.find(controller => controller.model !== '')?.model ?? 'unknown';
  return identityOf(array, { kind: kindOfModel(model), model }, minor);
}

/** Interfaces are asked for only where a port may serve one thing or another, and somebody wants to know which. */
async function readPorts(rest: RestClient, wantsServices: boolean, call: RestCall): Promise<ArrayPorts> {
  const ports = await getPorts(rest, call);
  const isOpen = ports.some(({ nqn, wwn, portal }) => wwn !== null || (nqn !== null && portal !== null));
  return { ports, interfaces: wantsServices && isOpen ? await getEnabledInterfaces(rest, call) : [] };
}

function protocolsOf(all: ArrayPorts, minor: number): readonly Protocol[] {
  const { ports, interfaces } = all;
  const services = new Set(interfaces.flatMap(one => one.services));
  const found: Protocol[] = [];
  if (ports.some(port => port.iqn !== null && port.portal !== null)) found.push('iscsi');
  for (const nvme of ['nvme-tcp', 'nvme-roce'] as const) {
    if (services.has(nvme) && minor >= NSID_SINCE_MINOR) found.push(nvme);
  }
  if (hasScsiFc(all)) found.push('fc');
  return found;
}

function warningsOf(controllers: readonly ControllerItem[], alerts: readonly AlertItem[]): readonly string[] {
  const broken = controllers
    .filter(({ status }) => status !== 'ready')
    .map(({ name, status }) => `Controller ${name} is ${status}.`);
  return [...broken, ...alertWarnings(alerts)];
}
