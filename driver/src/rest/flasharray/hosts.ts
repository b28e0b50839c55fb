import type { RestCall, RestClient } from '../rest-client.ts';
import { Item, itemsOf } from '../fields.ts';
import { query, quote } from '../query.ts';

/** A name that a host may have, and the list that it is in. */
export interface Initiator {
  readonly kind: 'iqns' | 'nqns';
  readonly name: string;
}

export interface HostItem {
  readonly name: string;
  readonly isLocal: boolean;
}

async function getHosts(rest: RestClient, path: string, call: RestCall): Promise<readonly HostItem[]> {
  const answer = await rest.request({ method: 'GET', path }, call);
  return itemsOf(rest.array, answer, false).map(fields => {
    const item = new Item(rest.array, fields, false);
    // Arrays that know no peers leave `is_local` out.
    return { name: item.text('name'), isLocal: fields.is_local !== false };
  });
}

/** Hosts of this array (not of a replication peer) that own the initiator; more than one is a fault of configuration. */
export async function findHosts(
  rest: RestClient,
  { kind, name }: Initiator,
  call: RestCall,
): Promise<readonly HostItem[]> {
  const path = `/hosts${query({ filter: `${kind}=${quote(name)} and is_local` })}`;
  return (await getHosts(rest, path, call)).filter(host => host.isLocal);
}

export async function postHost(rest: RestClient, name: string, initiator: Initiator, call: RestCall): Promise<void> {
  const body = { [initiator.kind]: [initiator.name] };
  await rest.request({ method: 'POST', path: `/hosts${query({ names: [name] })}`, body }, call);
}
