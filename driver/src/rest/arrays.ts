import type { Item } from './fields.ts';
import { query } from './query.ts';
import { getItems } from './reads.ts';
import type { RestCall, RestClient } from './rest-client.ts';

/* What all families say of an array in the same words. */

export interface ArrayItem {
  /** UUID, lower case. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

export const toArray = (item: Item): ArrayItem => ({
  id: item.text('id').toLowerCase(),
  name: item.text('name'),
  version: item.textOrNull('version') ?? '',
});

/** Bytes; of a FlashBlade, file systems and objects together. */
export interface SpaceItem {
  readonly capacity: number;
  readonly used: number;
  /** Null where the array does not say. */
  readonly provisioned: number | null;
}

/** `total_used` since 2.26 of FlashArrays and 2.16 of FlashBlades. */
export const usedOf = (space: Item): number =>
  space.numberOrNull('total_used') ?? space.numberOrNull('total_physical') ?? 0;

/** One sample, of an array, a volume or a file system. */
export interface WorkItem {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly readLatencyUsec: number;
  readonly writeLatencyUsec: number;
}

/** Idle ones have no value. */
export const rateOf = (item: Item, key: string): number => item.numberOrNull(key) ?? 0;

export const toWork = (item: Item): WorkItem => ({
  readsPerSecond: rateOf(item, 'reads_per_sec'),
  writesPerSecond: rateOf(item, 'writes_per_sec'),
  bytesPerSecond: rateOf(item, 'read_bytes_per_sec') + rateOf(item, 'write_bytes_per_sec'),
  readLatencyUsec: rateOf(item, 'usec_per_read_op'),
  writeLatencyUsec: rateOf(item, 'usec_per_write_op'),
});

export interface AlertItem {
  readonly severity: string;
  readonly summary: string;
}

/** `details`: the field that has words where the summary has none. */
export async function getOpenAlerts(
  rest: RestClient,
  details: 'issue' | 'description',
  call: RestCall,
): Promise<readonly AlertItem[]> {
  const path = `/alerts${query({ filter: "state='open'", limit: 100 })}`;
  return (await getItems(rest, path, call)).map(item => ({
    severity: item.textOrNull('severity') ?? 'info',
    summary: item.textOrNull('summary') ?? item.textOrNull(details) ?? 'an alert without words',
  }));
}
