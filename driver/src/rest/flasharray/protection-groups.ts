import { writtenOf, type Item } from '../fields.ts';
import { query } from '../query.ts';
import { getItems } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

export async function postGroup(rest: RestClient, name: string, call: RestCall): Promise<void> {
  await rest.request({ method: 'POST', path: `/protection-groups${query({ names: [name] })}`, body: {} }, call);
}

/** The array destroys its snapshots with it. */
export async function destroyGroup(rest: RestClient, name: string, call: RestCall): Promise<void> {
  const path = `/protection-groups${query({ names: [name] })}`;
  await rest.request({ method: 'PATCH', path, body: { destroyed: true } }, call);
}

export async function postGroupVolumes(
  rest: RestClient,
  group: string,
  volumes: readonly string[],
  call: RestCall,
): Promise<void> {
  const path = `/protection-groups/volumes${query({ group_names: [group], member_names: volumes })}`;
  await rest.request({ method: 'POST', path }, call);
}

export async function deleteGroupVolumes(
  rest: RestClient,
  group: string,
  volumes: readonly string[],
  call: RestCall,
): Promise<void> {
  const path = `/protection-groups/volumes${query({ group_names: [group], member_names: volumes })}`;
  await rest.request({ method: 'DELETE', path }, call);
}

export interface GroupMember {
  readonly group: string;
  readonly volume: string;
}

/** Members of one group, or the groups of one volume. */
export async function getGroupVolumes(
  rest: RestClient,
  by: { readonly group: string } | { readonly volume: string },
  call: RestCall,
): Promise<readonly GroupMember[]> {
  const names = 'group' in by ? { group_names: [by.group] } : { member_names: [by.volume] };
  return (await getItems(rest, `/protection-groups/volumes${query(names)}`, call)).flatMap(item => {
    const [group, volume] = [item.reference('group'), item.reference('member')];
    return group === null || volume === null ? [] : [{ group, volume }];
  });
}

export interface GroupSnapshotItem {
  /** `<group>.<suffix>`. */
  readonly name: string;
  readonly created: number;
  readonly isDestroyed: boolean;
}

const toGroupSnapshot = (item: Item): GroupSnapshotItem => ({
  name: item.text('name'),
  created: item.numberOrNull('created') ?? 0,
  isDestroyed: item.flag('destroyed'),
});

/** One instant for all members; theirs are named `<group>.<suffix>.<volume>`. */
export async function postGroupSnapshot(
  rest: RestClient,
  group: string,
  suffix: string,
  call: RestCall,
): Promise<GroupSnapshotItem> {
  const path = `/protection-group-snapshots${query({ source_names: [group] })}`;
  const answer = await rest.request({ method: 'POST', path, body: { suffix } }, call);
  return toGroupSnapshot(writtenOf(rest.array, answer, 'the new group snapshot is missing'));
}

/** Live or destroyed; null when the array lists none. */
export async function getGroupSnapshot(
  rest: RestClient,
  name: string,
  call: RestCall,
): Promise<GroupSnapshotItem | null> {
  const [first] = await getItems(rest, `/protection-group-snapshots${query({ names: [name] })}`, call);
  return first ? toGroupSnapshot(first) : null;
}

export async function destroyGroupSnapshot(rest: RestClient, name: string, call: RestCall): Promise<void> {
  const path = `/protection-group-snapshots${query({ names: [name] })}`;
  await rest.request({ method: 'PATCH', path, body: { destroyed: true } }, call);
}
