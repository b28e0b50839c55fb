import type { RestCall, RestClient } from '../rest-client.ts';
import { itemsOf, type Item } from '../fields.ts';
import type { Listing } from '../listing.ts';
import { query } from '../query.ts';
import { getListing } from '../reads.ts';

export interface ConnectionItem {
  /** `array:host` for a host of a replication peer. */
  readonly hostName: string | null;
  /** Set when the connection belongs to a group: it cannot be ended for one host alone. */
  readonly hostGroupName: string | null;
  readonly volumeName: string | null;
  /** SCSI; null for NVMe. */
  readonly lun: number | null;
  /** NVMe, since REST 2.27. */
  readonly nsid: number | null;
}

const toConnection = (item: Item): ConnectionItem => ({
  hostName: item.reference('host'),
  hostGroupName: item.reference('host_group'),
  volumeName: item.reference('volume'),
  lun: item.numberOrNull('lun'),
  nsid: item.numberOrNull('nsid'),
});

const pathOf = (volumeName: string, hostNames: readonly string[]): string =>
  `/connections${query({ host_names: hostNames, volume_names: [volumeName] })}`;

export async function postConnection(
  rest: RestClient,
  volumeName: string,
  hostName: string,
  call: RestCall,
): Promise<readonly ConnectionItem[]> {
  const answer = await rest.request({ method: 'POST', path: pathOf(volumeName, [hostName]), body: {} }, call);
  return itemsOf(rest.array, answer, true).map(toConnection);
}

export async function deleteConnections(
  rest: RestClient,
  volumeName: string,
  hostNames: readonly string[],
  call: RestCall,
): Promise<void> {
  await rest.request({ method: 'DELETE', path: pathOf(volumeName, hostNames) }, call);
}

export interface ConnectionQuery {
  readonly volumeNames?: readonly string[];
  readonly filter?: string;
  readonly limit?: number;
  readonly token?: string | null;
}

export async function getConnections(
  rest: RestClient,
  wanted: ConnectionQuery,
  call: RestCall,
): Promise<Listing<ConnectionItem>> {
  const path = `/connections${query({
    volume_names: wanted.volumeNames ?? null,
    filter: wanted.filter ?? null,
    limit: wanted.limit ?? null,
    continuation_token: wanted.token ?? null,
  })}`;
  return await getListing(rest, path, toConnection, call);
}
