import { refuse } from '../../common/api-error.ts';
import { conditionsPatch } from '../../common/conditions.ts';
import type { JsonObject } from '../../common/json.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import type { SpaceType } from '../load-model.ts';
import { arraySpace } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject } from '../plan.ts';
import { NO_REFERENCE } from '../references.ts';
import type { BladeState } from '../state.ts';

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
  const change = conditionsPatch(bodyObject(call));
  return {
    effects: [],
    commit: () => {
      change(state.conditions);
      return { items: [arrayItem(state, call.nowMs)] };
    },
  };
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
