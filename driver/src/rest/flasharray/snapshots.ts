import type { RestCall, RestClient } from '../rest-client.ts';
import { writtenOf, type Item } from '../fields.ts';
import type { Listing } from '../listing.ts';
import { query } from '../query.ts';
import { getListing } from '../reads.ts';

export interface SnapshotItem {
  /** `<volume>.<suffix>`. */
  readonly name: string;
  readonly sourceName: string | null;
  readonly provisioned: number;
  readonly created: number;
  readonly isDestroyed: boolean;
}

const toSnapshot = (item: Item): SnapshotItem => ({
  name: item.text('name'),
  sourceName: item.reference('source'),
  provisioned: item.number('provisioned'),
  created: item.numberOrNull('created') ?? 0,
  isDestroyed: item.flag('destroyed'),
});

export async function postSnapshot(
  rest: RestClient,
  volumeName: string,
  suffix: string,
  call: RestCall,
): Promise<SnapshotItem> {
  const path = `/volume-snapshots${query({ source_names: [volumeName] })}`;
  const answer = await rest.request({ method: 'POST', path, body: { suffix } }, call);
  return toSnapshot(writtenOf(rest.array, answer, 'the new snapshot is missing'));
}

export async function destroySnapshot(rest: RestClient, name: string, call: RestCall): Promise<void> {
  const path = `/volume-snapshots${query({ names: [name] })}`;
  await rest.request({ method: 'PATCH', path, body: { destroyed: true } }, call);
}

export interface SnapshotQuery {
  readonly names?: readonly string[];
  readonly sourceNames?: readonly string[];
  readonly filter?: string;
  /** Absent: live and destroyed. */
  readonly destroyed?: boolean;
  readonly limit?: number;
  readonly token?: string | null;
}

export async function getSnapshots(
  rest: RestClient,
  wanted: SnapshotQuery,
  call: RestCall,
): Promise<Listing<SnapshotItem>> {
  const path = `/volume-snapshots${query({
    names: wanted.names ?? null,
    source_names: wanted.sourceNames ?? null,
    filter: wanted.filter ?? null,
    destroyed: wanted.destroyed ?? null,
    limit: wanted.limit ?? null,
    continuation_token: wanted.token ?? null,
  })}`;
  return await getListing(rest, path, toSnapshot, call);
}
