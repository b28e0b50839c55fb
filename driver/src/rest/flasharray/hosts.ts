import type { RestCall, RestClient } from '../rest-client.ts';
import { query, quote } from '../query.ts';
import { getItems } from '../reads.ts';

/** Names of one machine, and the list of a host that they are in. */
export interface Initiator {
  readonly kind: 'iqns' | 'nqns' | 'wwns';
  /** As arrays write them, at least one: one IQN or NQN, or all Fibre Channel ports, upper case without colons. */
  readonly names: readonly string[];
}

export interface HostItem {
  readonly name: string;
  readonly isLocal: boolean;
  /** Volumes it sees, those of its group included. */
  readonly connectionCount: number;
  /** With what name its initiators prove themselves by CHAP; null: with none. Passwords are never shown. */
  readonly chapUser: string | null;
  /** Of one kind at a time. Fibre Channel ports have 16 upper-case hex digits each. */
  readonly iqns: readonly string[];
  readonly nqns: readonly string[];
  readonly wwns: readonly string[];
}

/** What a host's initiators prove themselves with; null: nothing. Passwords have 12 to 255 characters. */
export type HostChap = { readonly user: string; readonly password: string } | null;

/** An empty text takes away what is there. */
const chapBody = (chap: HostChap) => ({
  chap: { host_user: chap?.user ?? '', host_password: chap?.password ?? '' },
});

async function getHosts(rest: RestClient, path: string, call: RestCall): Promise<readonly HostItem[]> {
  return (await getItems(rest, path, call)).map(item => ({
    name: item.text('name'),
    // Arrays that know no peers leave it out.
    isLocal: !item.isFalse('is_local'),
    connectionCount: item.numberOrNull('connection_count') ?? 0,
    chapUser: item.object('chap').textOrNull('host_user'),
    iqns: item.texts('iqns'),
    nqns: item.texts('nqns'),
    wwns: item.texts('wwns').map(wwn => wwn.replaceAll(':', '').toUpperCase()),
  }));
}

/** Hosts of this array (not of a replication peer) that have any of the names; more than one is a fault of configuration. */
export async function findHosts(
  rest: RestClient,
  { kind, names }: Initiator,
  call: RestCall,
): Promise<readonly HostItem[]> {
  const terms = names.map(name => `${kind}=${quote(name)}`).join(' or ');
  const filter = `${names.length === 1 ? terms : `(${terms})`} and is_local`;
  const path = `/hosts${query({ filter })}`;
  return (await getHosts(rest, path, call)).filter(host => host.isLocal);
}

export async function postHost(
  rest: RestClient,
  name: string,
  initiator: Initiator,
  chap: HostChap,
  call: RestCall,
): Promise<void> {
  const body = { [initiator.kind]: initiator.names, ...(chap === null ? {} : chapBody(chap)) };
  await rest.request({ method: 'POST', path: `/hosts${query({ names: [name] })}`, body }, call);
}

/** More Fibre Channel ports of the same machine. */
export async function addHostWwns(
  rest: RestClient,
  name: string,
  wwns: readonly string[],
  call: RestCall,
): Promise<void> {
  const path = `/hosts${query({ names: [name] })}`;
  await rest.request({ method: 'PATCH', path, body: { add_wwns: wwns } }, call);
}

export async function patchHostChap(rest: RestClient, name: string, chap: HostChap, call: RestCall): Promise<void> {
  await rest.request({ method: 'PATCH', path: `/hosts${query({ names: [name] })}`, body: chapBody(chap) }, call);
}
