import type { RestCall, RestClient } from '../rest-client.ts';
import { writtenOf, type Fields, type Item } from '../fields.ts';
import { listQuery, type Listing, type ListQuery } from '../listing.ts';
import { query } from '../query.ts';
import { getListing } from '../reads.ts';
import { spaceOf, type Space } from '../space.ts';

/** Limits in bytes per second and operations per second; null: none set. */
export interface VolumeQos {
  readonly bandwidthLimit: number | null;
  readonly iopsLimit: number | null;
}

export interface VolumeItem {
  readonly name: string;
  readonly serial: string;
  readonly provisioned: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly isDestroyed: boolean;
  /** Milliseconds until eradication of a destroyed volume. */
  readonly timeRemaining: number | null;
  readonly sourceName: string | null;
  readonly qos: VolumeQos;
  readonly space: Space;
  readonly connectionCount: number;
}

export interface VolumePost {
  readonly provisioned?: number;
  readonly source?: { readonly name: string };
  readonly qos?: { readonly iops_limit?: number; readonly bandwidth_limit?: number };
  readonly tags?: readonly TagEntry[];
}

export interface TagEntry {
  readonly key: string;
  readonly value: string;
  readonly namespace: string;
  readonly copyable: boolean;
}

export interface VolumePatch {
  readonly name?: string;
  readonly provisioned?: number;
  readonly destroyed?: boolean;
  /** `""` unsets a limit (REST ≥ 2.51). */
  readonly qos?: { readonly iops_limit?: number | ''; readonly bandwidth_limit?: number | '' };
}

function toVolume(item: Item): VolumeItem {
  const qos = item.object('qos');
  return {
    name: item.text('name'),
    serial: item.text('serial'),
    provisioned: item.number('provisioned'),
    created: item.numberOrNull('created') ?? 0,
    isDestroyed: item.flag('destroyed'),
    timeRemaining: item.numberOrNull('time_remaining'),
    sourceName: item.reference('source'),
    qos: { bandwidthLimit: qos.numberOrNull('bandwidth_limit'), iopsLimit: qos.numberOrNull('iops_limit') },
    space: spaceOf(item),
    connectionCount: item.numberOrNull('connection_count') ?? 0,
  };
}

const theOne = (rest: RestClient, answer: Fields | null): VolumeItem =>
  toVolume(writtenOf(rest.array, answer, 'a write of a volume gave no volume'));

/** First REST minor whose `POST /volumes` takes tags in the body. */
export const TAGS_IN_BODY_MINOR = 39;
/** First REST minor whose `POST /volumes` joins protection groups. */
export const GROUPS_IN_POST_MINOR = 16;
/** First REST minor whose PATCH unsets a QoS limit by an empty string. */
export const QOS_UNSET_MINOR = 51;

/** `joins`: protection groups, REST ≥ 2.16. */
export async function postVolume(
  rest: RestClient,
  name: string,
  body: VolumePost,
  call: RestCall,
  joins: readonly string[] = [],
): Promise<VolumeItem> {
  const path = `/volumes${query({ names: [name], add_to_protection_group_names: joins.length > 0 ? joins : null })}`;
  return theOne(rest, await rest.request({ method: 'POST', path, body }, call));
}

/** `joins`: protection groups, REST ≥ 2.23. */
export async function patchVolume(
  rest: RestClient,
  name: string,
  body: VolumePatch,
  call: RestCall,
  joins: readonly string[] = [],
): Promise<VolumeItem> {
  const path = `/volumes${query({ names: [name], add_to_protection_group_names: joins.length > 0 ? joins : null })}`;
  return theOne(rest, await rest.request({ method: 'PATCH', path, body }, call));
}

/** Sets tags; those with other keys stay. */
export async function putVolumeTags(
  rest: RestClient,
  name: string,
  tags: readonly TagEntry[],
  call: RestCall,
): Promise<void> {
  await rest.request(
    { method: 'PUT', path: `/volumes/tags/batch${query({ resource_names: [name] })}`, body: tags },
    call,
  );
}

export interface VolumeQuery extends ListQuery {
  readonly names?: readonly string[];
}

/** Live and destroyed volumes. With `names` that are not all there the array refuses (`Volume does not exist.`). */
export async function getVolumes(rest: RestClient, wanted: VolumeQuery, call: RestCall): Promise<Listing<VolumeItem>> {
  const path = `/volumes${query({ names: wanted.names ?? null, ...listQuery(wanted) })}`;
  return await getListing(rest, path, toVolume, call);
}
