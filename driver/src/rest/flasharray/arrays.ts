import { malformed } from '../failures.ts';
import type { RestCall, RestClient } from '../rest-client.ts';
import { Item, itemsOf } from '../fields.ts';
import { nextOf, listQuery, type Listing, type ListQuery } from '../listing.ts';
import { pastOf, type PastSpan } from '../past-space.ts';
import { query } from '../query.ts';

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
}

export async function getArray(rest: RestClient, call: RestCall): Promise<ArrayItem> {
  const item = await getFirst(rest, '/arrays', call);
  return { id: item.text('id').toLowerCase(), name: item.text('name'), version: item.textOrNull('version') ?? '' };
}

/** Bytes. */
export interface SpaceItem {
  readonly capacity: number;
  readonly used: number;
  readonly provisioned: number | null;
}

export async function getSpace(rest: RestClient, call: RestCall): Promise<SpaceItem> {
  return toSpace(await getFirst(rest, '/arrays/space', call));
}

function toSpace(item: Item): SpaceItem {
  const space = item.object('space');
  return {
    capacity: item.number('capacity'),
    // `total_used` since 2.26.
    used: space.numberOrNull('total_used') ?? space.numberOrNull('total_physical') ?? 0,
    // Evergreen//One hides the first.
    provisioned: space.numberOrNull('total_provisioned') ?? space.numberOrNull('used_provisioned'),
  };
}

/** The array's own history. */
export const getPastSpace = async (rest: RestClient, { ...span }: PastSpan, call: RestCall) =>
  pastOf(await getItems(rest, `/arrays/space${query(span)}`, call), toSpace);

export interface PerformanceItem {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly readLatencyUsec: number;
  readonly writeLatencyUsec: number;
  readonly readQueueUsec: number;
  readonly writeQueueUsec: number;
}

/** The newest sample; null when there is none (an array that just started). */
export async function getPerformance(rest: RestClient, call: RestCall): Promise<PerformanceItem | null> {
  const item = (await getItems(rest, '/arrays/performance', call)).at(-1);
  return item ? toPerformance(item) : null;
}

function toPerformance(item: Item): PerformanceItem {
  const read = (key: string): number => item.numberOrNull(key) ?? 0;
  return {
    readsPerSecond: read('reads_per_sec'),
    writesPerSecond: read('writes_per_sec'),
    bytesPerSecond: read('read_bytes_per_sec') + read('write_bytes_per_sec'),
    readLatencyUsec: read('usec_per_read_op'),
    writeLatencyUsec: read('usec_per_write_op'),
    readQueueUsec: read('queue_usec_per_read_op'),
    writeQueueUsec: read('queue_usec_per_write_op'),
  };
}

export interface VolumePerformanceItem extends PerformanceItem {
  readonly name: string;
}

/** The newest sample of each volume that has one. */
export async function getVolumesPerformance(
  rest: RestClient,
  wanted: ListQuery,
  call: RestCall,
): Promise<Listing<VolumePerformanceItem>> {
  const answer = await rest.request({ method: 'GET', path: `/volumes/performance${query(listQuery(wanted))}` }, call);
  const items = itemsOf(rest.array, answer, false).map(fields => {
    const item = new Item(rest.array, fields, false);
    return { name: item.text('name'), ...toPerformance(item) };
  });
  return { items, next: nextOf(answer) };
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

export interface AlertItem {
  readonly severity: string;
  readonly summary: string;
}

export async function getOpenAlerts(rest: RestClient, call: RestCall): Promise<readonly AlertItem[]> {
  const path = `/alerts${query({ filter: "state='open'", limit: 100 })}`;
  return (await getItems(rest, path, call)).map(item => ({
    severity: item.textOrNull('severity') ?? 'info',
    summary: item.textOrNull('summary') ?? item.textOrNull('issue') ?? 'an alert without words',
  }));
}
