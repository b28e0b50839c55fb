import type { Item } from '../fields.ts';
import { query } from '../query.ts';
import { getItems } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

/** Null: no limit. Operations a second 100…100,000,000, bytes a second 1 MiB…512 GiB (REST ≥ 2.17). */
export interface QosPolicy {
  readonly max_total_ops_per_sec: number | null;
  readonly max_total_bytes_per_sec: number | null;
}

const path = (name: string): string => `/qos-policies${query({ names: [name] })}`;

/** A body without nulls: on POST an absent limit is none. */
export async function postQosPolicy(rest: RestClient, name: string, policy: QosPolicy, call: RestCall): Promise<void> {
  const body = Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null));
  await rest.request({ method: 'POST', path: path(name), body }, call);
}

export async function deleteQosPolicy(rest: RestClient, name: string, call: RestCall): Promise<void> {
  await rest.request({ method: 'DELETE', path: path(name) }, call);
}

function toPolicy(item: Item): QosPolicy {
  return {
    max_total_ops_per_sec: item.numberOrNull('max_total_ops_per_sec'),
    max_total_bytes_per_sec: item.numberOrNull('max_total_bytes_per_sec'),
  };
}

/** By name; names that are not there make the array refuse. */
export async function getQosPolicy(rest: RestClient, name: string, call: RestCall): Promise<QosPolicy | null> {
  const [item] = await getItems(rest, path(name), call);
  return item ? toPolicy(item) : null;
}

/** Those that pass the filter, by name: one page. */
export async function findQosPolicies(
  rest: RestClient,
  filter: string,
  call: RestCall,
): Promise<ReadonlyMap<string, QosPolicy>> {
  const items = await getItems(rest, `/qos-policies${query({ filter })}`, call);
  return new Map(items.map(item => [item.text('name'), toPolicy(item)]));
}
