import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { IDLE, performanceItem, spaceItem } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { BladeState } from '../state.ts';

/** No buckets are simulated: readers find the collections there, and empty. */
const NONE: readonly { readonly name: string }[] = [];
const NO_SPACE = spaceItem({ provisioned: 0, written: 0, snapshots: 0 });

function nothing(call: Call, total: JsonObject): Plan {
  return list(
    call,
    NONE,
    ({ name }) => ({ name }),
    () => total,
  );
}

export function getBuckets(_state: BladeState, call: Call): Plan {
  return nothing(call, { space: NO_SPACE, object_count: 0 });
}

export function getAccounts(_state: BladeState, call: Call): Plan {
  return nothing(call, { space: NO_SPACE, object_count: 0 });
}

export function getBucketsPerformance(_state: BladeState, call: Call): Plan {
  return nothing(call, performanceItem(IDLE, call.nowMs));
}

export function getBucketsS3Performance(_state: BladeState, call: Call): Plan {
  return nothing(call, { time: call.nowMs });
}
