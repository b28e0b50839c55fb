import { isNvme, type NvmeProtocol, type SanType } from '../../domain/array.ts';
import type { ArrayPortal } from '../../domain/array-check.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import { nvmeWwidOf, wwidOf } from '../../domain/volume.ts';
import type { ControllerItem, InterfaceItem, PortItem } from '../../rest/flasharray/arrays.ts';
import type { ConnectionItem } from '../../rest/flasharray/connections.ts';

/** Where nodes find an array's volumes. */
export type SanTarget = PortalTarget | FcPorts;

interface PortalTarget {
  readonly protocol: 'iscsi' | NvmeProtocol;
  /** IQN or NQN, the same on all portals. */
  readonly name: string;
  /** `ip:port`. */
  readonly portals: readonly string[];
}

interface FcPorts {
  readonly protocol: 'fc';
  /** 16 lower-case hex digits each. */
  readonly wwpns: readonly string[];
}

export interface ArrayPorts {
  readonly ports: readonly PortItem[];
  /** Enabled ones; they tell which port serves NVMe over TCP and which over RoCE, and what a Fibre Channel port serves. */
  readonly interfaces: readonly InterfaceItem[];
}

const serves = ({ interfaces }: ArrayPorts, port: PortItem, service: string): boolean =>
  interfaces.some(({ name, services }) => name === port.name.toLowerCase() && services.includes(service));

/** Ports that carry NVMe over Fibre Channel show no LUNs. Arrays that tell nothing of a port's service know SCSI only. */
function scsiWwpn({ interfaces }: ArrayPorts, { name, wwn }: PortItem): string | null {
  const services = interfaces.find(one => one.name === name.toLowerCase())?.services ?? [];
  if (services.includes('nvme-fc') && !services.includes('scsi-fc')) return null;
  const wwpn = (wwn ?? '').replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{16}$/.test(wwpn) ? wwpn : null;
}

export const hasScsiFc = (all: ArrayPorts): boolean => all.ports.some(port => scsiWwpn(all, port) !== null);

function nameOf(protocol: PortalTarget['protocol'], all: ArrayPorts, port: PortItem): string | null {
  if (protocol === 'iscsi') return port.iqn;
  return serves(all, port, protocol) ? port.nqn : null;
}

/** Without ports of controllers that are not ready, while there are others. */
function usable<Found extends { readonly port: string }>(
  found: readonly Found[],
  controllers: readonly ControllerItem[],
): readonly Found[] {
  const down = controllers.filter(({ status }) => status === 'not ready').map(({ name }) => `${name}.`);
  const up = found.filter(({ port }) => !down.some(prefix => port.startsWith(prefix)));
  return up.length > 0 ? up : found;
}

/** Null when there is none. `isAllowed`: by address, which a Fibre Channel port has not. */
export function pickTarget(
  protocol: SanType,
  all: ArrayPorts,
  controllers: readonly ControllerItem[],
  isAllowed: (portal: string) => boolean,
): SanTarget | null {
  return protocol === 'fc' ? pickPorts(all, controllers) : pickPortals(protocol, all, controllers, isAllowed);
}

function pickPorts(all: ArrayPorts, controllers: readonly ControllerItem[]): FcPorts | null {
  const found = all.ports.flatMap(port => {
    const wwpn = scsiWwpn(all, port);
    return wwpn === null ? [] : [{ port: port.name, wwpn }];
  });
  const wwpns = usable(found, controllers).map(({ wwpn }) => wwpn);
  return wwpns.length === 0 ? null : { protocol: 'fc', wwpns: [...new Set(wwpns)].sort() };
}

function pickPortals(
  protocol: PortalTarget['protocol'],
  all: ArrayPorts,
  controllers: readonly ControllerItem[],
  isAllowed: (portal: string) => boolean,
): PortalTarget | null {
  const allowed = all.ports.flatMap(port => {
    const name = nameOf(protocol, all, port);
    return name !== null && port.portal !== null && isAllowed(port.portal)
      ? [{ port: port.name, name, portal: port.portal }]
      : [];
  });
  const up = usable(allowed, controllers);
  const [first] = up;
  if (!first) return null;
  const portals = up.filter(({ name }) => name === first.name).map(({ portal }) => portal);
  return { protocol, name: first.name, portals: [...new Set(portals)].sort() };
}

/** Of every protocol that a port serves, also of those that the cluster does not use. */
export function portalsOf(all: ArrayPorts, isAllowed: (portal: string) => boolean): readonly ArrayPortal[] {
  return all.ports.flatMap((port): readonly ArrayPortal[] => {
    const { portal, iqn, nqn, wwn } = port;
    if (wwn !== null) return scsiWwpn(all, port) === null ? [] : [{ protocol: 'fc', address: wwn, isAllowed: true }];
    if (portal === null) return [];
    const nvme = (['nvme-tcp', 'nvme-roce'] as const).filter(service => nqn !== null && serves(all, port, service));
    const protocols = iqn === null ? nvme : (['iscsi', ...nvme] as const);
    return protocols.map(protocol => ({ protocol, address: portal, isAllowed: isAllowed(portal) }));
  });
}

/** The number under which the host sees the volume: a LUN or the number of a namespace. */
export const numberOf = (protocol: SanType, { lun, nsid }: ConnectionItem): number | null =>
  isNvme(protocol) ? nsid : lun;

export function contextOf(target: SanTarget, serial: string, number: number): PublishContext {
  if (target.protocol === 'fc') {
    return { protocol: 'fc', wwid: wwidOf(serial), lun: number, targetWwpns: target.wwpns };
  }
  const { protocol, name, portals } = target;
  return protocol === 'iscsi'
    ? { protocol, wwid: wwidOf(serial), lun: number, targetIqn: name, portals }
    : { protocol, wwid: nvmeWwidOf(serial), nsid: number, targetNqn: name, portals };
}
