import { writtenOf, type Item } from '../fields.ts';
import type { Listing } from '../listing.ts';
import { query } from '../query.ts';
import { getListing } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

/** The array tells no size of a snapshot. */
export interface SnapshotItem {
  /** `<file system>.<suffix>`. */
  readonly name: string;
  readonly ownerName: string | null;
  readonly created: number;
  readonly isDestroyed: boolean;
}

const toSnapshot = (item: Item): SnapshotItem => ({
  name: item.text('name'),
  ownerName: item.reference('owner') ?? item.reference('source'),
  created: item.numberOrNull('created') ?? 0,
  isDestroyed: item.flag('destroyed'),
});

/** Of exactly one file system: without a name the array would take one of every file system. */
export async function postSnapshot(
  rest: RestClient,
  fileSystemName: string,
  suffix: string,
  call: RestCall,
): Promise<SnapshotItem> {
  const path = `/file-system-snapshots${query({ source_names: [fileSystemName] })}`;
  const answer = await rest.request({ method: 'POST', path, body: { suffix } }, call);
  return toSnapshot(writtenOf(rest.array, answer, 'the new snapshot is missing'));
}

export async function patchSnapshot(
  rest: RestClient,
  name: string,
  body: { readonly destroyed: boolean },
  call: RestCall,
): Promise<void> {
  await rest.request({ method: 'PATCH', path: `/file-system-snapshots${query({ names: [name] })}`, body }, call);
}

export interface SnapshotQuery {
  /** Of snapshots, or of the file systems that own them. */
  readonly names?: readonly string[];
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
  const path = `/file-system-snapshots${query({
    names_or_owner_names: wanted.names ?? null,
    filter: wanted.filter ?? null,
    destroyed: wanted.destroyed ?? null,
    limit: wanted.limit ?? null,
    continuation_token: wanted.token ?? null,
  })}`;
  return await getListing(rest, path, toSnapshot, call);
}
