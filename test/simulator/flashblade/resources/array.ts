import { refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { SpaceType } from '../load-model.ts';
import { arraySpace } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import { NO_REFERENCE } from '../references.ts';
import type { BladeState } from '../state.ts';

const DAY_MS = 86_400_000;
const SPACE_TYPES: readonly string[] = ['array', 'file-system', 'object-store'] satisfies SpaceType[];

function arrayItem(state: BladeState, nowMs: number): JsonObject {
  const { settings, conditions } = state;
  return {
    ...state.reference,
    _as_of: nowMs,
    banner: null,
    default_inbound_tls_policy: NO_REFERENCE,
    encryption: { data_at_rest: { algorithms: ['AES-256-CTR'], entropy_source: 'rdseed', enabled: true } },
    eradication_config: {
      eradication_delay: conditions.eradicationDelayMs,
      manual_eradication: conditions.manualEradication,
    },
    idle_timeout: conditions.idleTimeoutMs,
    network_access_policy: NO_REFERENCE,
    ntp_servers: [],
    os: 'Purity//FB',
    product_type: settings.productType,
    revision: settings.id.slice(0, 8),
    security_update: null,
    smb_mode: 'native',
    time_zone: 'UTC',
    version: settings.purity,
    context: state.context,
  };
}

export function getArrays(state: BladeState, call: Call): Plan {
  return list(call, [state], () => arrayItem(state, call.nowMs));
}

export function patchArrays(state: BladeState, call: Call): Plan {
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

function spaceType(call: Call): SpaceType {
  const given = call.query.text('type') ?? 'array';
  if (!SPACE_TYPES.includes(given)) throw refuse('Invalid value for parameter: type.', given);
  return given as SpaceType;
}

export function getArraySpace(state: BladeState, call: Call): Plan {
  const type = spaceType(call);
  const rows = sampleTimes(call).map(time => ({ time }));
  return list(call, rows, ({ time }) => ({
    ...state.reference,
    capacity: state.settings.capacityBytes,
    parity: state.conditions.failedBlades.size === 0 ? 1 : 0.9,
    space: arraySpace(state, type, time, call.nowMs),
    time,
    context: state.context,
  }));
}
