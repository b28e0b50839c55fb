import type { SanType } from '../../domain/array.ts';
import type { ArrayPortal } from '../../domain/array-check.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import { nvmeWwidOf, wwidOf } from '../../domain/volume.ts';
import type { ControllerItem, InterfaceItem, PortItem } from '../../rest/flasharray/arrays.ts';
import type { ConnectionItem } from '../../rest/flasharray/connections.ts';

/** Protocols over which this backend connects volumes. */
export type ServedSan = Extract<SanType, 'iscsi' | 'nvme-tcp'>;

/** Where nodes find an array's volumes. */
export interface SanTarget {
  readonly protocol: ServedSan;
  /** IQN or NQN, the same on all portals. */
  readonly name: string;
  /** `ip:port`. */
  readonly portals: readonly string[];
}

export interface ArrayPorts {
  readonly ports: readonly PortItem[];
  /** Enabled ones; they tell which port serves NVMe over TCP and which over RoCE. */
  readonly interfaces: readonly InterfaceItem[];
}

const serves = ({ interfaces }: ArrayPorts, port: PortItem, service: string): boolean =>
  interfaces.some(({ name, services }) => name === port.name.toLowerCase() && services.includes(service));

function nameOf(protocol: ServedSan, all: ArrayPorts, port: PortItem): string | null {
  if (protocol === 'iscsi') return port.iqn;
  return serves(all, port, 'nvme-tcp') ? port.nqn : null;
}

/** Portals of controllers that are not ready are left out while there are others. Null when there is none. */
export function pickTarget(
  protocol: ServedSan,
  all: ArrayPorts,
  controllers: readonly ControllerItem[],
  isAllowed: (portal: string) => boolean,
): SanTarget | null {
  const allowed = all.ports.flatMap(port => {
    const name = nameOf(protocol, all, port);
    return name !== null && port.portal !== null && isAllowed(port.portal)
      ? [{ port: port.name, name, portal: port.portal }]
      : [];
  });
  const down = controllers.filter(({ status }) => status === 'not ready').map(({ name }) => `${name}.`);
  const up = allowed.filter(({ port }) => !down.some(prefix => port.startsWith(prefix)));
  const usable = up.length > 0 ? up : allowed;
  const [first] = usable;
  if (!first) return null;
  const portals = usable.filter(({ name }) => name === first.name).map(({ portal }) => portal);
  return { protocol, name: first.name, portals: [...new Set(portals)].sort() };
}

/** Of every protocol that a port serves, also of those that this backend does not connect by. */
export function portalsOf(all: ArrayPorts, isAllowed: (portal: string) => boolean): readonly ArrayPortal[] {
  return all.ports.flatMap((port): readonly ArrayPortal[] => {
    const { portal, iqn, nqn, wwn } = port;
    if (wwn !== null) return [{ protocol: 'fc', address: wwn, isAllowed: true }];
    if (portal === null) return [];
    const nvme = (['nvme-tcp', 'nvme-roce'] as const).filter(service => nqn !== null && serves(all, port, service));
    const protocols = iqn === null ? nvme : (['iscsi', ...nvme] as const);
    return protocols.map(protocol => ({ protocol, address: portal, isAllowed: isAllowed(portal) }));
  });
}

/** The number under which the host sees the volume: a LUN or the number of a namespace. */
export const numberOf = (protocol: ServedSan, { lun, nsid }: ConnectionItem): number | null =>
  protocol === 'iscsi' ? lun : nsid;

export function contextOf({ protocol, name, portals }: SanTarget, serial: string, number: number): PublishContext {
  return protocol === 'iscsi'
    ? { protocol, wwid: wwidOf(serial), lun: number, targetIqn: name, portals }
    : { protocol, wwid: nvmeWwidOf(serial), nsid: number, targetNqn: name, portals };
}
