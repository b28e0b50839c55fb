import { conditionsPatch } from '../../common/conditions.ts';
import { NEWEST_VERSION } from '../api-facts.ts';
import type { JsonObject } from '../../common/json.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import { arraySpace, arrayWork, performanceItem } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import type { ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

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
  const change = conditionsPatch(bodyObject(call));
  return {
    effects: [],
    commit: () => {
      change(state.conditions);
      return { items: [arrayItem(state, call.nowMs)] };
    },
  };
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
