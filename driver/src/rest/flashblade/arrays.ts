import { malformed } from '../failures.ts';
import { Item, itemsOf } from '../fields.ts';
import { nextOf, listQuery, type Listing, type ListQuery } from '../listing.ts';
import { pastOf, type PastSpan } from '../past-space.ts';
import { query } from '../query.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

async function getItems(rest: RestClient, path: string, call: RestCall): Promise<readonly Item[]> {
  const answer = await rest.request({ method: 'GET', path }, call);
  return itemsOf(rest.array, answer, false).map(fields => new Item(rest.array, fields, false));
}

async function getFirst(rest: RestClient, path: string, call: RestCall): Promise<Item> {
  const [first] = await getItems(rest, path, call);
  if (first) return first;
  throw malformed(rest.array, `${path} gave nothing`, false);
}

export interface ArrayItem {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** `FlashBlade`, `FlashBlade//S` … (REST ≥ 2.6); null before. */
  readonly productType: string | null;
}

export async function getArray(rest: RestClient, call: RestCall): Promise<ArrayItem> {
  const item = await getFirst(rest, '/arrays', call);
  return {
    id: item.text('id').toLowerCase(),
    name: item.text('name'),
    version: item.textOrNull('version') ?? '',
    productType: item.textOrNull('product_type'),
  };
}

/** Bytes, file systems and objects together. */
export interface SpaceItem {
  readonly capacity: number;
  readonly used: number;
  /** Null where the array does not say (REST < 2.16). */
  readonly provisioned: number | null;
}

export async function getSpace(rest: RestClient, call: RestCall): Promise<SpaceItem> {
  return toSpace(await getFirst(rest, '/arrays/space', call));
}

function toSpace(item: Item): SpaceItem {
  const space = item.object('space');
  return {
    capacity: item.number('capacity'),
    // `total_used` since 2.16.
    used: space.numberOrNull('total_used') ?? space.numberOrNull('total_physical') ?? 0,
    provisioned: space.numberOrNull('total_provisioned'),
  };
}

/** The array's own history. */
export const getPastSpace = async (rest: RestClient, { ...span }: PastSpan, call: RestCall) =>
  pastOf(await getItems(rest, `/arrays/space${query(span)}`, call), toSpace);

export interface PerformanceItem {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly othersPerSecond: number;
  readonly bytesPerSecond: number;
  readonly readLatencyUsec: number;
  readonly writeLatencyUsec: number;
  readonly otherLatencyUsec: number;
}

/** The newest sample over all protocols; null when there is none. */
export async function getPerformance(rest: RestClient, call: RestCall): Promise<PerformanceItem | null> {
  const item = (await getItems(rest, '/arrays/performance', call)).at(-1);
  return item ? toPerformance(item) : null;
}

function toPerformance(item: Item): PerformanceItem {
  const read = (key: string): number => item.numberOrNull(key) ?? 0;
  return {
    readsPerSecond: read('reads_per_sec'),
    writesPerSecond: read('writes_per_sec'),
    othersPerSecond: read('others_per_sec'),
    bytesPerSecond: read('read_bytes_per_sec') + read('write_bytes_per_sec'),
    readLatencyUsec: read('usec_per_read_op'),
    writeLatencyUsec: read('usec_per_write_op'),
    otherLatencyUsec: read('usec_per_other_op'),
  };
}

export interface FileSystemPerformanceItem extends PerformanceItem {
  readonly name: string;
}

/** The newest sample of each file system that has one, over all protocols. */
export async function getFileSystemsPerformance(
  rest: RestClient,
  wanted: ListQuery,
  call: RestCall,
): Promise<Listing<FileSystemPerformanceItem>> {
  const path = `/file-systems/performance${query(listQuery(wanted))}`;
  const answer = await rest.request({ method: 'GET', path }, call);
  const items = itemsOf(rest.array, answer, false).map(fields => {
    const item = new Item(rest.array, fields, false);
    return { name: item.text('name'), ...toPerformance(item) };
  });
  return { items, next: nextOf(answer) };
}

/** Addresses of the enabled interfaces that serve data, in the array's order. */
export async function getDataAddresses(rest: RestClient, call: RestCall): Promise<readonly string[]> {
  const interfaces = await getItems(rest, '/network-interfaces', call);
  return interfaces
    .filter(item => item.flag('enabled') && item.texts('services').includes('data'))
    .flatMap(item => item.textOrNull('address') ?? []);
}

export interface AlertItem {
  readonly severity: string;
  readonly summary: string;
}

export async function getOpenAlerts(rest: RestClient, call: RestCall): Promise<readonly AlertItem[]> {
  const path = `/alerts${query({ filter: "state='open'", limit: 100 })}`;
  return (await getItems(rest, path, call)).map(item => ({
    severity: item.textOrNull('severity') ?? 'info',
    summary: item.textOrNull('summary') ?? item.textOrNull('description') ?? 'an alert without words',
  }));
}
