import { rateOf, toArray, toWork, usedOf, type ArrayItem, type SpaceItem, type WorkItem } from '../arrays.ts';
import type { Item } from '../fields.ts';
import { listQuery, type Listing, type ListQuery } from '../listing.ts';
import { pastOf, type PastSpan } from '../past-space.ts';
import { query } from '../query.ts';
import { getFirst, getItems, getListing } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

export async function getArray(rest: RestClient, call: RestCall): Promise<ArrayItem> {
  return toArray(await getFirst(rest, '/arrays', call));
}

export async function getSpace(rest: RestClient, call: RestCall): Promise<SpaceItem> {
  return toSpace(await getFirst(rest, '/arrays/space', call));
}

function toSpace(item: Item): SpaceItem {
  const space = item.object('space');
  return {
    capacity: item.number('capacity'),
    used: usedOf(space),
    // Evergreen//One hides the first.
    provisioned: space.numberOrNull('total_provisioned') ?? space.numberOrNull('used_provisioned'),
  };
}

/** The array's own history. */
export const getPastSpace = async (rest: RestClient, { ...span }: PastSpan, call: RestCall) =>
  pastOf(await getItems(rest, `/arrays/space${query(span)}`, call), toSpace);

export interface PerformanceItem extends WorkItem {
  readonly readQueueUsec: number;
  readonly writeQueueUsec: number;
}

/** The newest sample; null when there is none (an array that just started). */
export async function getPerformance(rest: RestClient, call: RestCall): Promise<PerformanceItem | null> {
  const item = (await getItems(rest, '/arrays/performance', call)).at(-1);
  return item ? toPerformance(item) : null;
}

const toPerformance = (item: Item): PerformanceItem => ({
  ...toWork(item),
  readQueueUsec: rateOf(item, 'queue_usec_per_read_op'),
  writeQueueUsec: rateOf(item, 'queue_usec_per_write_op'),
});

export interface VolumePerformanceItem extends PerformanceItem {
  readonly name: string;
}

/** The newest sample of each volume that has one. */
export async function getVolumesPerformance(
  rest: RestClient,
  wanted: ListQuery,
  call: RestCall,
): Promise<Listing<VolumePerformanceItem>> {
  const path = `/volumes/performance${query(listQuery(wanted))}`;
  return await getListing(rest, path, item => ({ name: item.text('name'), ...toPerformance(item) }), call);
}

export interface ControllerItem {
  readonly name: string;
  readonly status: string;
  readonly model: string;
}

export async function getControllers(rest: RestClient, call: RestCall): Promise<readonly ControllerItem[]> {
  return (await getItems(rest, '/controllers', call)).map(item => ({
    name: item.text('name'),
    status: item.textOrNull('status') ?? 'unknown',
    model: item.textOrNull('model') ?? '',
  }));
}

export interface PortItem {
  readonly name: string;
  readonly iqn: string | null;
  readonly nqn: string | null;
  readonly wwn: string | null;
  /** `ip:port`. */
  readonly portal: string | null;
}

export async function getPorts(rest: RestClient, call: RestCall): Promise<readonly PortItem[]> {
  return (await getItems(rest, '/ports', call)).map(item => ({
    name: item.textOrNull('name') ?? '',
    iqn: item.textOrNull('iqn'),
    nqn: item.textOrNull('nqn'),
    wwn: item.textOrNull('wwn'),
    portal: item.textOrNull('portal'),
  }));
}

export interface InterfaceItem {
  /** Lower case; a port's name in upper case is its interface's. */
  readonly name: string;
  /** `iscsi`, `nvme-tcp`, `nvme-roce`, … */
  readonly services: readonly string[];
}

export async function getEnabledInterfaces(rest: RestClient, call: RestCall): Promise<readonly InterfaceItem[]> {
  const interfaces = await getItems(rest, '/network-interfaces', call);
  return interfaces
    .filter(item => item.flag('enabled'))
    .map(item => ({ name: (item.textOrNull('name') ?? '').toLowerCase(), services: item.texts('services') }));
}
