import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import type { AlertRecord, ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

const CONTROLLERS = ['CT0', 'CT1'] as const;

interface Named {
  readonly name: string;
}

/** Fixed parts of the array: chosen by `names`, if given. */
function listParts<Part extends Named>(
  call: Call,
  parts: readonly Part[],
  missingMessage: string,
  build: (part: Part) => JsonObject,
): Plan {
  const names = call.query.list('names');
  const chosen =
    names === undefined
      ? parts
      : checkEach(names, name => {
          const part = parts.find(known => known.name.toLowerCase() === name.toLowerCase());
          if (part === undefined) throw refuse(missingMessage, name);
          return part;
        });
  return list(call, chosen, build);
}

/** The first ready controller is primary. */
export function getControllers(state: ArrayState, call: Call): Plan {
  const { controllers } = state.conditions;
  const primary = CONTROLLERS.find(name => controllers[name] === 'ready');
  const parts = CONTROLLERS.map(name => ({ name }));
  return listParts(call, parts, 'Controller does not exist.', ({ name }) => ({
    name,
    mode: name === primary ? 'primary' : controllers[name] === 'ready' ? 'secondary' : 'offline',
    mode_since: call.nowMs - 86_400_000,
    model: state.settings.model,
    status: controllers[name],
    type: 'array_controller',
    version: state.settings.purity,
  }));
}

export function getHardware(state: ArrayState, call: Call): Plan {
  const parts = [
    { name: 'CH0', type: 'chassis' },
    ...CONTROLLERS.map(name => ({ name, type: 'controller' })),
    ...state.settings.portals.map(({ port }) => ({ name: port, type: 'eth_port' })),
  ];
  return listParts(call, parts, 'Hardware component does not exist.', ({ name, type }) => ({
    name,
    type,
    details: null,
    identify_enabled: false,
    index: Number(/\d+$/.exec(name)?.[0] ?? 0),
    model: type === 'controller' ? state.settings.model : null,
    serial: type === 'eth_port' ? null : `SIM${state.settings.id.slice(0, 8).toUpperCase()}${name}`,
    slot: null,
    speed: type === 'eth_port' ? 25_000_000_000 : null,
    status: isReady(state, name) ? 'ok' : 'critical',
    temperature: null,
    voltage: null,
  }));
}

function isReady(state: ArrayState, name: string): boolean {
  const controller = CONTROLLERS.find(known => name.startsWith(known));
  return controller === undefined || state.conditions.controllers[controller] === 'ready';
}

export function getDrives(state: ArrayState, call: Call): Plan {
  const count = 10;
  const parts = Array.from({ length: count }, (_, bay) => ({ name: `CH0.BAY${bay}` }));
  const capacity = Math.round(state.settings.capacityBytes / count);
  return listParts(call, parts, 'Drive does not exist.', ({ name }) => ({
    name,
    capacity,
    capacity_installed: capacity,
    details: null,
    protocol: 'NVMe',
    status: 'healthy',
    type: 'SSD',
  }));
}

/** One port for each portal. When its controller is not ready, another takes it over: `failover` names that port. */
export function getPorts(state: ArrayState, call: Call): Plan {
  const { portals, iqn } = state.settings;
  const parts = portals.map(portal => ({ ...portal, name: portal.port }));
  return listParts(call, parts, 'Port does not exist.', ({ name, address, tcpPort }) => ({
    name,
    iqn,
    nqn: null,
    wwn: null,
    portal: `${address.includes(':') ? `[${address}]` : address}:${tcpPort}`,
    failover: isReady(state, name) ? null : (portals.find(({ port }) => isReady(state, port))?.port ?? null),
    context: context(state),
  }));
}

export function getNetworkInterfaces(state: ArrayState, call: Call): Plan {
  const data = state.settings.portals.map(({ port, address }) => ({
    name: port.toLowerCase(),
    address,
    services: ['iscsi'],
  }));
  const management = CONTROLLERS.map((name, index) => ({
    name: `${name.toLowerCase()}.eth0`,
    address: `192.0.2.${10 + index}`,
    services: ['management'],
  }));
  return listParts(
    call,
    [...management, ...data],
    'Network interface does not exist.',
    ({ name, address, services }) => ({
      name,
      enabled: true,
      interface_type: 'eth',
      services,
      speed: 25_000_000_000,
      eth: {
        address,
        gateway: null,
        mac_address: '52:54:30:00:00:01',
        mtu: 1500,
        netmask: address.includes(':') ? null : '255.255.255.0',
        subinterfaces: [],
        subnet: { name: null },
        subtype: 'physical',
        vlan: null,
        array_availability: null,
        preferred_arrays: [],
        remediation_mode: null,
      },
      fc: { wwn: null },
      attached_servers: [],
      server: { name: null, id: null, resource_type: null },
      realms: [],
      context: context(state),
    }),
  );
}

export function getAlerts(state: ArrayState, call: Call): Plan {
  return listParts(
    call,
    state.conditions.alerts.map(alert => ({ name: String(alert.number), alert })),
    'Alert does not exist.',
    ({ alert }) => alertItem(state, alert),
  );
}

function alertItem(state: ArrayState, alert: AlertRecord): JsonObject {
  return {
    id: alert.id,
    name: String(alert.number),
    actual: '',
    action: '',
    category: 'array',
    closed: alert.closedMs,
    code: 1000,
    component_name: alert.component,
    component_type: 'array',
    created: alert.openedMs,
    description: alert.summary,
    duration: null,
    expected: '',
    flagged: false,
    issue: alert.summary,
    knowledge_base_url: null,
    notified: null,
    severity: alert.severity,
    state: alert.closedMs === null ? 'open' : 'closed',
    summary: alert.summary,
    updated: alert.closedMs ?? alert.openedMs,
    context: context(state),
  };
}
