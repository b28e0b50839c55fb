import { rateOf, toArray, toWork, usedOf, type ArrayItem, type SpaceItem, type WorkItem } from '../arrays.ts';
import type { Item } from '../fields.ts';
import { listQuery, type Listing, type ListQuery } from '../listing.ts';
import { pastOf, type PastSpan } from '../past-space.ts';
import { query } from '../query.ts';
import { getFirst, getItems, getListing } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

export interface BladeItem extends ArrayItem {
  /** `FlashBlade`, `FlashBlade//S` … (REST ≥ 2.6); null before. */
  readonly productType: string | null;
}

export async function getArray(rest: RestClient, call: RestCall): Promise<BladeItem> {
  const item = await getFirst(rest, '/arrays', call);
  return { ...toArray(item), productType: item.textOrNull('product_type') };
}

export async function getSpace(rest: RestClient, call: RestCall): Promise<SpaceItem> {
  return toSpace(await getFirst(rest, '/arrays/space', call));
}

function toSpace(item: Item): SpaceItem {
  const space = item.object('space');
  return {
    capacity: item.number('capacity'),
    used: usedOf(space),
    // Since 2.16.
    provisioned: space.numberOrNull('total_provisioned'),
  };
}

/** The array's own history. */
export const getPastSpace = async (rest: RestClient, { ...span }: PastSpan, call: RestCall) =>
  pastOf(await getItems(rest, `/arrays/space${query(span)}`, call), toSpace);

export interface PerformanceItem extends WorkItem {
  readonly othersPerSecond: number;
  readonly otherLatencyUsec: number;
}

/** The newest sample over all protocols; null when there is none. */
export async function getPerformance(rest: RestClient, call: RestCall): Promise<PerformanceItem | null> {
  const item = (await getItems(rest, '/arrays/performance', call)).at(-1);
  return item ? toPerformance(item) : null;
}

const toPerformance = (item: Item): PerformanceItem => ({
  ...toWork(item),
  othersPerSecond: rateOf(item, 'others_per_sec'),
  otherLatencyUsec: rateOf(item, 'usec_per_other_op'),
});

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
  return await getListing(rest, path, item => ({ name: item.text('name'), ...toPerformance(item) }), call);
}

/** Addresses of the enabled interfaces that serve data, in the array's order. */
export async function getDataAddresses(rest: RestClient, call: RestCall): Promise<readonly string[]> {
  const interfaces = await getItems(rest, '/network-interfaces', call);
  return interfaces
    .filter(item => item.flag('enabled') && item.texts('services').includes('data'))
    .flatMap(item => item.textOrNull('address') ?? []);
}
