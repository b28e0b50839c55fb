import type { JsonObject } from '../../common/json.ts';
import type { Call, Plan } from '../plan.ts';
import type { Port } from '../ports.ts';
import { allPorts } from '../ports.ts';
import type { ArrayState } from '../state.ts';
import { CONTROLLERS, isReady, listParts } from './hardware.ts';
import { context } from './volume-items.ts';

/** When a port's controller is not ready, another takes it over: `failover` names that port. */
export function getPorts(state: ArrayState, call: Call): Plan {
  const ports = allPorts(state.settings);
  return listParts(call, ports, 'Port does not exist.', port => {
    const { name, iqn, nqn, wwn, portal, protocol } = port;
    const heir = ports.find(other => other.protocol === protocol && isReady(state, other.name));
    const failover = isReady(state, name) ? null : (heir?.name ?? null);
    return { name, iqn, nqn, wwn, portal, failover, context: context(state) };
  });
}

export interface Interface {
  /** Lower case, but for FC. */
  readonly name: string;
  readonly address: string | null;
  readonly wwn: string | null;
  readonly service: string;
}

/** Management first, then data. */
export function allInterfaces(state: ArrayState): Interface[] {
  const management = CONTROLLERS.map((name, index) => ({
    name: `${name.toLowerCase()}.eth0`,
    address: `192.0.2.${10 + index}`,
    wwn: null,
    service: 'management',
  }));
  return [...management, ...allPorts(state.settings).map(interfaceOf)];
}

function interfaceOf({ name, address, wwn, protocol }: Port): Interface {
  if (wwn !== null) return { name, address, wwn, service: 'scsi-fc' };
  return { name: name.toLowerCase(), address, wwn, service: protocol };
}

export function getNetworkInterfaces(state: ArrayState, call: Call): Plan {
  return listParts(call, allInterfaces(state), 'Network interface does not exist.', one => ({
    name: one.name,
    enabled: true,
    interface_type: one.wwn === null ? 'eth' : 'fc',
    services: [one.service],
    speed: one.wwn === null ? 25_000_000_000 : 32_000_000_000,
    eth: one.address === null ? NO_ETHERNET : ethernet(one.address),
    fc: { wwn: one.wwn },
    attached_servers: [],
    server: { name: null, id: null, resource_type: null },
    realms: [],
    context: context(state),
  }));
}

const NO_ETHERNET: JsonObject = {
  address: null,
  gateway: null,
  mac_address: null,
  mtu: null,
  netmask: null,
  subinterfaces: null,
  subnet: { name: null },
  subtype: null,
  vlan: null,
  array_availability: null,
  preferred_arrays: [],
  remediation_mode: null,
};

function ethernet(address: string): JsonObject {
  return {
    ...NO_ETHERNET,
    address,
    mac_address: '52:54:30:00:00:01',
    mtu: 1500,
    netmask: address.includes(':') ? null : '255.255.255.0',
    subinterfaces: [],
    subtype: 'physical',
  };
}
