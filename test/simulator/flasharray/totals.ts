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
  const values = items.map(item => item[key]).filter(value => typeof value === 'number');
  if (key === 'time') return values.length === 0 ? null : values.reduce((left, right) => Math.max(left, right));
  const sum = values.reduce((left, right) => left + right, 0);
  const isUnknown = values.length === 0 && items.length > 0;
  if (SUMMED.has(key) || /per_sec(?:_|$)|^bytes_per_sec/.test(key)) return isUnknown ? null : sum;
  if (!RATIO.test(key) && !AVERAGED.test(key)) return null;
  if (values.length === 0) return isUnknown ? null : 0;
  return RATIO.test(key) ? sum / values.length : Math.round(sum / values.length);
}
