import { writtenOf, type Fields, type Item } from '../fields.ts';
import { listQuery, type Listing, type ListQuery } from '../listing.ts';
import { query } from '../query.ts';
import { getListing } from '../reads.ts';
import { spaceOf, type Space } from '../space.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

export interface FileSystemItem {
  /** UUID, never used twice. */
  readonly id: string;
  readonly name: string;
  /** Null: as large as the array. */
  readonly provisioned: number | null;
  readonly isHardLimit: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly isDestroyed: boolean;
  /** Milliseconds until eradication of a destroyed file system. */
  readonly timeRemaining: number | null;
  /** Of a copy: its snapshot, or the file system of that. */
  readonly sourceName: string | null;
  /** `10.0.0.1(rw,no_root_squash) 10.0.0.0/24(ro)`; empty when nobody may mount it, or a policy decides. */
  readonly rules: string;
  readonly exportPolicy: string | null;
  /** False while a copy is not complete. */
  readonly isReady: boolean;
  /** REST ≥ 2.17. */
  readonly qosPolicy: string | null;
  readonly space: Space;
}

export interface NfsWrite {
  readonly v3_enabled?: boolean;
  readonly v4_1_enabled?: boolean;
  /** Replaces all rules; excludes `export_policy`. */
  readonly rules?: string;
  readonly export_policy?: { readonly name: string };
}

export interface FileSystemPost {
  readonly provisioned?: number;
  readonly hard_limit_enabled: boolean;
  readonly snapshot_directory_enabled: boolean;
  readonly nfs: NfsWrite;
  readonly qos_policy?: { readonly name: string };
  /** A snapshot (REST ≥ 2.25). */
  readonly source?: { readonly name: string };
}

export interface FileSystemPatch {
  readonly name?: string;
  readonly provisioned?: number;
  readonly hard_limit_enabled?: boolean;
  readonly destroyed?: boolean;
  /** An empty name takes the policy off. */
  readonly qos_policy?: { readonly name: string };
  readonly nfs?: NfsWrite & {
    /** Appended to the rules; refused where a policy decides. */
    readonly add_rules?: string;
    /** Only the first occurrence goes. */
    readonly remove_rules?: string;
  };
}

/** First REST minor whose POST says which exports are made by default; without it SMB comes along. */
const DEFAULT_EXPORTS_MINOR = 16;
/** First REST minor with QoS policies. */
export const QOS_POLICY_MINOR = 17;
/** First REST minor that copies a snapshot to a new file system. */
export const COPY_MINOR = 25;

function toFileSystem(item: Item): FileSystemItem {
  const nfs = item.object('nfs');
  return {
    id: item.text('id'),
    name: item.text('name'),
    provisioned: item.numberOrNull('provisioned'),
    isHardLimit: item.flag('hard_limit_enabled'),
    created: item.numberOrNull('created') ?? 0,
    isDestroyed: item.flag('destroyed'),
    timeRemaining: item.numberOrNull('time_remaining'),
    sourceName: item.reference('source'),
    rules: nfs.textOrNull('rules') ?? '',
    exportPolicy: nfs.reference('export_policy'),
    isReady: item.textOrNull('promotion_status') !== 'promoting',
    qosPolicy: item.reference('qos_policy'),
    space: spaceOf(item),
  };
}

const theOne = (rest: RestClient, answer: Fields | null): FileSystemItem =>
  toFileSystem(writtenOf(rest.array, answer, 'a write of a file system gave no file system'));

export async function postFileSystem(
  rest: RestClient,
  name: string,
  body: FileSystemPost,
  minor: number,
  call: RestCall,
): Promise<FileSystemItem> {
  const path = `/file-systems${query({
    names: [name],
    default_exports: minor >= DEFAULT_EXPORTS_MINOR ? '' : null,
    include_snapshot: body.source === undefined ? null : true,
  })}`;
  return theOne(rest, await rest.request({ method: 'POST', path, body }, call));
}

export async function patchFileSystem(
  rest: RestClient,
  name: string,
  body: FileSystemPatch,
  call: RestCall,
): Promise<FileSystemItem> {
  const path = `/file-systems${query({ names: [name] })}`;
  return theOne(rest, await rest.request({ method: 'PATCH', path, body }, call));
}

export interface FileSystemQuery extends ListQuery {
  readonly names?: readonly string[];
}

/** Live and destroyed ones. With `names` that are not all there the array refuses. */
export async function getFileSystems(
  rest: RestClient,
  wanted: FileSystemQuery,
  call: RestCall,
): Promise<Listing<FileSystemItem>> {
  const path = `/file-systems${query({ names: wanted.names ?? null, ...listQuery(wanted) })}`;
  return await getListing(rest, path, toFileSystem, call);
}
