import type { Shape } from '../common/api-facts.ts';
import type { Json, JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';

const SUMMED = new Set([
  'provisioned', 'footprint', 'replication', 'replication_effective', 'shared', 'shared_effective', 'snapshots',
  'snapshots_effective', 'total_effective', 'total_physical', 'total_provisioned', 'total_used', 'unique', 'unique_effective',
  'used_provisioned', 'virtual', 'data_transferred', 'physical_bytes_written',
]); // prettier-ignore
const RATIO = /_reduction$|^thin_provisioning$/;
const AVERAGED = /usec_per_|^bytes_per_(?:op|read|write|mirrored)/;

/**
 * The `total` of a listing: sizes and rates are summed up, latencies and ratios averaged, the time is the last one, and
 * all that belongs to one item only is null.
 */
export function totalOf(items: readonly JsonObject[], shape: Shape | null): JsonObject {
  const total: Record<string, Json> = {};
  for (const [key, { type, inner }] of shape?.properties ?? []) {
    if (type.startsWith('array')) total[key] = [];
    else if (inner === null) total[key] = combined(key, items);
    else total[key] = totalOf(items.map(item => item[key]).filter(isObject), inner);
  }
  return total;
}

function combined(key: string, items: readonly JsonObject[]): Json {
  const isSum = SUMMED.has(key) || /per_sec(?:_|$)|^bytes_per_sec/.test(key);
  const isRatio = RATIO.test(key);
  if (!isSum && !isRatio && key !== 'time' && !AVERAGED.test(key)) return null;
  let [sum, count, last] = [0, 0, 0];
  for (const { [key]: value } of items) {
    if (typeof value !== 'number') continue;
    sum += value;
    count++;
    last = Math.max(last, value);
  }
  if (count === 0) return items.length > 0 || key === 'time' ? null : 0;
  if (key === 'time') return last;
  if (isSum) return sum;
  return isRatio ? sum / count : Math.round(sum / count);
}
