import { alertFields, type AlertRecord } from '../../common/alerts.ts';
import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { allPorts } from '../ports.ts';
import type { ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

export const CONTROLLERS = ['CT0', 'CT1'] as const;
/** Bits per second. */
const SPEEDS: Readonly<Record<string, number>> = { eth_port: 25_000_000_000, fc_port: 32_000_000_000 };

interface Named {
  readonly name: string;
}

/** Fixed parts of the array: chosen by `names`, if given. */
export function listParts<Part extends Named>(
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
    model: state.conditions.model,
    status: controllers[name],
    type: 'array_controller',
    version: state.settings.purity,
  }));
}

export function getHardware(state: ArrayState, call: Call): Plan {
  const parts = [
    { name: 'CH0', type: 'chassis' },
    ...CONTROLLERS.map(name => ({ name, type: 'controller' })),
    ...allPorts(state.settings).map(({ name, wwn }) => ({ name, type: wwn === null ? 'eth_port' : 'fc_port' })),
  ];
  return listParts(call, parts, 'Hardware component does not exist.', ({ name, type }) => ({
    name,
    type,
    details: null,
    identify_enabled: false,
    index: Number(/\d+$/.exec(name)?.[0] ?? 0),
    model: type === 'controller' ? state.conditions.model : null,
    serial: type.endsWith('_port') ? null : `SIM${state.settings.id.slice(0, 8).toUpperCase()}${name}`,
    slot: null,
    speed: SPEEDS[type] ?? null,
    status: isReady(state, name) ? 'ok' : 'critical',
    temperature: null,
    voltage: null,
  }));
}

/** The component, or the controller that it sits in. */
export function isReady(state: ArrayState, name: string): boolean {
  const controller = CONTROLLERS.find(known => name.startsWith(known));
  return controller === undefined || state.conditions.controllers[controller] === 'ready';
}

export function getDrives(state: ArrayState, call: Call): Plan {
  const count = 10;
  const parts = Array.from({ length: count }, (_, bay) => ({ name: `CH0.BAY${bay}` }));
  const capacity = Math.round(state.capacityBytes(call.nowMs) / count);
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
    ...alertFields(alert),
    actual: '',
    category: 'array',
    closed: alert.closedMs,
    duration: null,
    expected: '',
    issue: alert.summary,
    knowledge_base_url: null,
    context: context(state),
  };
}
