import { PsoError } from '../../domain/errors.ts';
import type { GroupSnapshot } from '../../domain/volume.ts';
import {
  destroyGroup,
  destroyGroupSnapshot,
  getGroupSnapshot,
  getGroupVolumes,
  postGroup,
  postGroupSnapshot,
  postGroupVolumes,
  type GroupSnapshotItem,
} from '../../rest/flasharray/protection-groups.ts';
import { getSnapshots } from '../../rest/flasharray/snapshots.ts';
import { quote } from '../../rest/query.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { afterWrite, isGone, isMissing, translated } from '../errors.ts';
import type { ArrayContext } from './array-context.ts';
import { toSnapshot } from './to-volume.ts';

/** Each group snapshot has a protection group of its own, so one suffix is enough. It needs a letter. */
const SUFFIX = 's';

const says = (error: unknown, text: string | RegExp): boolean => error instanceof RestError && error.says(text);

/** Realm and pod of a volume, with `::`; a protection group protects only volumes of its own. */
const podOf = (name: string): string => /^.*::/.exec(name)?.[0] ?? '';

function nameOfGroup(array: ArrayContext, group: string, volumeNames: readonly string[]): string {
  const pods = [...new Set(volumeNames.map(podOf))];
  const [pod = '', other] = pods;
  if (other === undefined) return `${pod}${group}`;
  throw new PsoError(
    'group-across-pods',
    `Array ${array.rest.array}: the volumes are in different pods (${pods.map(name => name || 'none').join(', ')}), which have no common instant.`,
    'Snapshot the volumes of each pod for themselves.',
  );
}

/**
 * One instant for all volumes, crash-consistent: a protection group of just these volumes, then its snapshot. Four calls;
 * a repeat goes on where the first try was lost.
 */
export async function createGroupSnapshot(
  array: ArrayContext,
  group: string,
  volumeNames: readonly string[],
  call: RestCall,
): Promise<GroupSnapshot> {
  const name = nameOfGroup(array, group, volumeNames);
  const doing = `taking group snapshot ${name}.${SUFFIX}`;
  return await translated(doing, async () => {
    const arrayId = await array.facts.arrayId(call);
    const before = await makeGroup(array, name, volumeNames, call);
    try {
      const item = before ?? (await snap(array, name, call));
      const made = await read(array, arrayId, item, call);
      checkMembers(array, made, volumeNames);
      return made;
    } catch (error) {
      throw error instanceof PsoError ? error : afterWrite(error, doing);
    }
  });
}

/** The snapshot, when an earlier try got that far; else null, and the group has exactly these members. */
async function makeGroup(
  array: ArrayContext,
  name: string,
  volumeNames: readonly string[],
  call: RestCall,
): Promise<GroupSnapshotItem | null> {
  let members: readonly string[] = [];
  try {
    await postGroup(array.rest, name, call);
  } catch (error) {
    if (!says(error, 'already exists')) throw error;
    const taken = await findItem(array, `${name}.${SUFFIX}`, call);
    if (taken) return taken;
    members = (await getGroupVolumes(array.rest, { group: name }, call)).map(({ volume }) => volume);
  }
  checkNoStranger(array, name, members, volumeNames);
  const missing = volumeNames.filter(volume => !members.includes(volume));
  if (missing.length > 0) await postGroupVolumes(array.rest, name, missing, call);
  return null;
}

async function snap(array: ArrayContext, name: string, call: RestCall): Promise<GroupSnapshotItem> {
  try {
    return await postGroupSnapshot(array.rest, name, SUFFIX, call);
  } catch (error) {
    if (!says(error, /already exists|has been destroyed/i)) throw error;
  }
  const taken = await findItem(array, `${name}.${SUFFIX}`, call);
  if (taken) return taken;
  throw new PsoError(
    'name-held-by-destroyed',
    `Array ${array.rest.array}: the name ${name} is held by a destroyed protection group until the array eradicates it.`,
    'Recover or eradicate it on the array, or use another name.',
  );
}

async function findItem(array: ArrayContext, name: string, call: RestCall): Promise<GroupSnapshotItem | null> {
  try {
    const item = await getGroupSnapshot(array.rest, name, call);
    return item === null || item.isDestroyed ? null : item;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function read(
  array: ArrayContext,
  arrayId: string,
  item: GroupSnapshotItem,
  call: RestCall,
): Promise<GroupSnapshot> {
  const filter = `name=${quote(`${item.name}.*`)} and destroyed='false'`;
  const { items } = await getSnapshots(array.rest, { filter }, call);
  return {
    handle: { arrayId, name: item.name },
    createdAtMs: item.created,
    members: items.filter(({ isDestroyed }) => !isDestroyed).map(one => toSnapshot(arrayId, one)),
  };
}

const differs = (array: ArrayContext, name: string, has: readonly string[], wanted: readonly string[]): PsoError =>
  new PsoError(
    'group-differs',
    `Array ${array.rest.array} has a group ${name} of ${has.join(', ') || 'no volume'} already, asked for: ${wanted.join(', ')}.`,
    'Use another name.',
  );

function checkNoStranger(
  array: ArrayContext,
  name: string,
  members: readonly string[],
  wanted: readonly string[],
): void {
  if (members.some(member => !wanted.includes(member))) throw differs(array, name, members, wanted);
}

function checkMembers(array: ArrayContext, made: GroupSnapshot, wanted: readonly string[]): void {
  const has = made.members.map(({ source }) => source.name);
  const isSame = has.length === wanted.length && has.every(name => wanted.includes(name));
  if (!isSame) throw differs(array, made.handle.name, has, wanted);
}

/** Null when there is no live one. */
export async function findGroupSnapshot(
  array: ArrayContext,
  name: string,
  call: RestCall,
): Promise<GroupSnapshot | null> {
  return await translated(`looking for group snapshot ${name}`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const item = await findItem(array, name, call);
    return item === null ? null : await read(array, arrayId, item, call);
  });
}

/** The snapshot, then its protection group if it is one that was made for it; both recoverable. */
export async function deleteGroupSnapshot(
  array: ArrayContext,
  name: string,
  isOurGroup: boolean,
  call: RestCall,
): Promise<void> {
  await translated(`deleting group snapshot ${name}`, async () => {
    await unlessGone(() => destroyGroupSnapshot(array.rest, name, call));
    if (isOurGroup) await unlessGone(() => destroyGroup(array.rest, name.slice(0, name.lastIndexOf('.')), call));
  });
}

async function unlessGone(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
