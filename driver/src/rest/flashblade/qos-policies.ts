import { Item, itemsOf } from '../fields.ts';
import { query } from '../query.ts';
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
  const answer = await rest.request({ method: 'GET', path: path(name) }, call);
  const [fields] = itemsOf(rest.array, answer, false);
  if (!fields) return null;
  return toPolicy(new Item(rest.array, fields, false));
}

/** Those that pass the filter, by name: one page. */
export async function findQosPolicies(
  rest: RestClient,
  filter: string,
  call: RestCall,
): Promise<ReadonlyMap<string, QosPolicy>> {
  const answer = await rest.request({ method: 'GET', path: `/qos-policies${query({ filter })}` }, call);
  const items = itemsOf(rest.array, answer, false).map(fields => new Item(rest.array, fields, false));
  return new Map(items.map(item => [item.text('name'), toPolicy(item)]));
}
