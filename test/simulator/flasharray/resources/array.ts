import { refuse } from '../../common/api-error.ts';
import { NEWEST_VERSION } from '../api-facts.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { arraySpace, arrayWork, performanceItem } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type { ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

const DAY_MS = 86_400_000;

function arrayItem(state: ArrayState, nowMs: number): JsonObject {
  const { settings, conditions } = state;
  return {
    ...state.reference,
    _as_of: nowMs,
    banner: '',
    capacity: state.capacityBytes(nowMs),
    console_lock_enabled: false,
    encryption: { data_at_rest: { algorithm: 'AES-256-CTR', enabled: true }, module_version: 'FA-1.4' },
    eradication_config: {
      eradication_delay: conditions.eradicationDelayMs,
      enabled_delay: conditions.eradicationDelayMs,
      disabled_delay: conditions.eradicationDelayMs,
      manual_eradication: conditions.manualEradication,
    },
    idle_timeout: conditions.idleTimeoutMs,
    network_access_policy: { name: null, id: null, resource_type: null },
    ntp_servers: [],
    ntp_symmetric_key: null,
    os: 'Purity//FA',
    parity: 1,
    scsi_timeout: 60_000,
    space: arraySpace(state, nowMs),
    time_zone: 'UTC',
    version: settings.purity,
    context: context(state),
  };
}

export function getArrays(state: ArrayState, call: Call): Plan {
  return list(call, [state], () => arrayItem(state, call.nowMs));
}

export function patchArrays(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const eradication = isObject(body.eradication_config) ? body.eradication_config : {};
  const { eradication_delay: delay, manual_eradication: manual } = eradication;
  if (
    delay !== undefined &&
    (typeof delay !== 'number' || delay < DAY_MS || delay > 30 * DAY_MS || delay % DAY_MS !== 0)
  ) {
    throw refuse('Eradication delay must be between 1 and 30 days.', JSON.stringify(delay));
  }
  const idle = body.idle_timeout;
  if (idle !== undefined && (typeof idle !== 'number' || (idle !== 0 && (idle < 300_000 || idle > 10_800_000)))) {
    throw refuse('Idle timeout must be 0 or between 5 minutes and 3 hours.', JSON.stringify(idle));
  }
  return {
    effects: [],
    commit: () => {
      if (typeof delay === 'number') state.conditions.eradicationDelayMs = delay;
      if (manual === 'all-enabled' || manual === 'all-disabled') state.conditions.manualEradication = manual;
      if (typeof idle === 'number') state.conditions.idleTimeoutMs = idle;
      return { items: [arrayItem(state, call.nowMs)] };
    },
  };
}

/** Times that a history asks for: `start_time`, `end_time`, `resolution`; now, when it asks for none. */
export function sampleTimes(call: Call): number[] {
  const end = call.query.integer('end_time') ?? call.nowMs;
  const resolution = call.query.integer('resolution') ?? 30_000;
  const start = call.query.integer('start_time');
  if (start === undefined) return [call.nowMs];
  if (resolution < 1000) throw refuse('Invalid value for parameter: resolution.', String(resolution));
  const times: number[] = [];
  for (let time = Math.ceil(start / resolution) * resolution; time <= end && times.length < 1000; time += resolution) {
    times.push(time);
  }
  return times;
}

export function getArraySpace(state: ArrayState, call: Call): Plan {
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    capacity: state.capacityBytes(time),
    capacity_installed: state.capacityBytes(time),
    parity: 1,
    space: arraySpace(state, time, call.nowMs),
    time,
    context: context(state),
  }));
}

export function getArrayPerformance(state: ArrayState, call: Call): Plan {
  const isFile = ['nfs', 'smb', 's3', 'file'].includes(call.query.text('protocol') ?? '');
  const rows = isFile ? [] : sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    ...performanceItem(arrayWork(state, time), time),
    context: context(state),
  }));
}

export function getSubscriptions(state: ArrayState, call: Call): Plan {
  return list(call, [state], () => ({ id: state.settings.id, service: 'FlashArray' }));
}

/** The array's own version list; REST 1 is listed, as real ones do, but not served. */
export function versionList(state: ArrayState): JsonObject {
  const legacy = Array.from({ length: 20 }, (_, minor) => `1.${minor}`);
  const { versions } = state.conditions;
  return { version: [...legacy, ...(versions.length === 0 ? [NEWEST_VERSION] : versions)] };
}
