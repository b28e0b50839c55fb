import { alertFields, type AlertRecord } from '../../common/alerts.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { listParts, partId } from './network.ts';

interface Blade {
  readonly name: string;
  /** 1 … */
  readonly number: number;
}

function blades({ settings }: BladeState): Blade[] {
  return Array.from({ length: settings.blades }, (_, index) => ({ name: `CH1.FB${index + 1}`, number: index + 1 }));
}

function bladeBytes({ settings }: BladeState): number {
  return Math.round(settings.capacityBytes / settings.blades);
}

export function getBlades(state: BladeState, call: Call): Plan {
  const build = ({ number }: Blade): JsonObject => ({
    details: null,
    progress: null,
    raw_capacity: bladeBytes(state),
    status: state.conditions.failedBlades.has(number) ? 'critical' : 'healthy',
    target: null,
  });
  return listParts(state, call, blades(state), 'Blade does not exist.', build, shown => ({
    raw_capacity: shown.length * bladeBytes(state),
  }));
}

export function getDrives(state: BladeState, call: Call): Plan {
  const parts = blades(state).map(({ name }) => ({ name: `${name}.BAY1` }));
  const build = (): JsonObject => ({
    details: null,
    progress: null,
    raw_capacity: bladeBytes(state),
    status: 'healthy',
    type: 'QLC',
  });
  return listParts(state, call, parts, 'Drive does not exist.', build, shown => ({
    raw_capacity: shown.length * bladeBytes(state),
  }));
}

interface Component {
  readonly name: string;
  readonly type: string;
  readonly model: string | null;
  readonly isOk: boolean;
}

function components(state: BladeState): Component[] {
  const isOk = true;
  return [
    { name: 'CH1', type: 'ch', model: 'CH-FB', isOk },
    ...blades(state).map(({ name, number }) => ({
      name,
      type: 'fb',
      model: state.settings.model,
      isOk: !state.conditions.failedBlades.has(number),
    })),
    ...['CH1.FM1', 'CH1.FM2'].map(name => ({ name, type: 'fm', model: 'EFM-110', isOk })),
    ...CONNECTORS.map(name => ({ name, type: 'eth', model: null, isOk })),
  ];
}

export function getHardware(state: BladeState, call: Call): Plan {
  return listParts(
    state,
    call,
    components(state),
    'Hardware component does not exist.',
    ({ name, type, model, isOk }) => ({
      details: null,
      identify_enabled: type === 'eth' ? null : false,
      index: Number(/\d+$/.exec(name)?.[0] ?? 0),
      model,
      serial: type === 'eth' ? null : `SIM${partId(state, name).slice(0, 8).toUpperCase()}`,
      slot: type === 'fb' ? Number(/\d+$/.exec(name)?.[0] ?? 0) : null,
      speed: type === 'eth' ? 100_000_000_000 : null,
      status: isOk ? 'healthy' : 'critical',
      temperature: null,
      type,
      part_number: null,
      data_mac: null,
      management_mac: null,
      sensor_readings: [],
    }),
  );
}

const CONNECTORS = ['CH1.FM1.ETH1', 'CH1.FM2.ETH1'];
const CONNECTOR_FIGURES = [
  'other_errors_per_sec', 'received_bytes_per_sec', 'received_crc_errors_per_sec', 'received_frame_errors_per_sec',
  'received_packets_per_sec', 'total_errors_per_sec', 'transmitted_bytes_per_sec', 'transmitted_carrier_errors_per_sec',
  'transmitted_dropped_errors_per_sec', 'transmitted_packets_per_sec',
]; // prettier-ignore

function quietConnector(nowMs: number): JsonObject {
  const item: Record<string, Json> = { time: nowMs };
  for (const figure of CONNECTOR_FIGURES) item[figure] = 0;
  return item;
}

export function getConnectorPerformance(state: BladeState, call: Call): Plan {
  const parts = CONNECTORS.map(name => ({ name }));
  const group = reference({ name: 'uplink', id: partId(state, 'uplink') }, 'link-aggregation-groups');
  const build = (): JsonObject => ({ link_aggregation_group: group, ...quietConnector(call.nowMs) });
  return listParts(state, call, parts, 'Hardware connector does not exist.', build, () => ({
    link_aggregation_group: NO_REFERENCE,
    ...quietConnector(call.nowMs),
  }));
}

export function getAlerts(state: BladeState, call: Call): Plan {
  const names = call.query.list('names');
  const shown = state.conditions.alerts.filter(({ number }) => names?.includes(String(number)) !== false);
  return list(call, shown, alertItem);
}

function alertItem(alert: AlertRecord): JsonObject {
  return {
    ...alertFields(alert),
    index: alert.number,
    knowledge_base_url: '',
    variables: {},
    duration: alert.closedMs === null ? null : alert.closedMs - alert.openedMs,
  };
}
