import { byDestroyed, named } from '../../common/select.ts';
import type { JsonObject } from '../../common/json.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import { volumeIops } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { memberHealth } from '../pod-health.ts';
import type { PodRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { POD_MISSING, volumesIn } from './pods.ts';
import { context, reference } from './volume-items.ts';

const WRITE_BYTES = 16_384 * 0.35;
const RESYNC_BYTES_PER_SEC = 200_000_000;

function rate(toRemote: number): JsonObject {
  return { from_remote_bytes_per_sec: 0, to_remote_bytes_per_sec: toRemote, total_bytes_per_sec: toRemote };
}

/** Writes of a stretched pod go to the other array as they come; after a loss of touch, what was missed follows. */
function rates(state: ArrayState, pod: PodRecord, time: number): { readonly sync: number; readonly resync: number } {
  const others = pod.members.filter(member => member.state !== state).map(member => memberHealth(member, time).status);
  const iops = volumesIn(state, pod).reduce((sum, volume) => sum + volumeIops(state, volume, time), 0);
  return {
    sync: others.includes('online') ? Math.round(iops * WRITE_BYTES) : 0,
    resync: others.includes('resyncing') ? RESYNC_BYTES_PER_SEC : 0,
  };
}

export function getPodReplication(state: ArrayState, call: Call): Plan {
  const chosen = named(call, state.pods, POD_MISSING);
  const pods = byDestroyed(call, state.pods.values(), chosen, POD_MISSING);
  const times = sampleTimes(call);
  const rows = Array.from(pods).flatMap(pod => times.map(time => ({ id: pod.id, pod, time })));
  return list(call, rows, ({ pod, time }) => {
    const { sync, resync } = rates(state, pod, time);
    return {
      pod: reference(pod),
      time,
      continuous_bytes_per_sec: rate(0),
      periodic_bytes_per_sec: rate(0),
      resync_bytes_per_sec: rate(resync),
      sync_bytes_per_sec: rate(sync),
      total_bytes_per_sec: sync + resync,
      context: context(state),
    };
  });
}
