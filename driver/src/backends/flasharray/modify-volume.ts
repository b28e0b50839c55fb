import type { VolumeChanges } from '../../domain/volume-changes.ts';
import { deleteGroupVolumes, postGroupVolumes } from '../../rest/flasharray/protection-groups.ts';
import { deleteVolumeTags, getVolumeTags } from '../../rest/flasharray/tags.ts';
import { patchVolume, putVolumeTags, type TagEntry } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { toPsoError, translated } from '../errors.ts';
import type { ArrayContext } from './array-context.ts';
import { toPatchQos } from './qos.ts';
import { TAG_NAMESPACE, tagEntries } from './tag-entries.ts';

/** First REST minor whose `PATCH /volumes` joins a protection group in the same call. */
const GROUP_IN_PATCH_MINOR = 23;

/** A group is in the volume's pod, or there is none that could take it. */
export function groupFor(volumeName: string, group: string): string {
  const pod = /^.*::/.exec(volumeName)?.[0] ?? '';
  return group.includes('::') ? group : `${pod}${group}`;
}

/** What to do when a later step is refused. */
type Undo = () => Promise<void>;

/**
 * One call for limits and a protection group; tags are a call of their own. All or nothing: what a refused later step
 * leaves behind is taken back. A lost answer stays in doubt, and the repeat finishes.
 */
export async function modifyVolume(
  array: ArrayContext,
  name: string,
  changes: VolumeChanges,
  call: RestCall,
): Promise<void> {
  const doing = `changing volume ${name}`;
  await translated(doing, async () => {
    const minor = await array.rest.minor(call);
    const undos: Undo[] = [];
    try {
      await setTags(array, name, changes, undos, call);
      await joinGroup(array, name, changes, minor, undos, call);
      await patch(array, name, changes, minor, call);
    } catch (error) {
      const failure = toPsoError(error, doing);
      if (failure.finality === 'in-doubt') throw failure;
      for (const undo of undos.reverse()) await undo();
      throw failure;
    }
  });
}

async function patch(
  array: ArrayContext,
  name: string,
  changes: VolumeChanges,
  minor: number,
  call: RestCall,
): Promise<void> {
  const body = toPatchQos(changes.qos, minor);
  const group = changes.protectionGroup;
  const joins = group !== null && minor >= GROUP_IN_PATCH_MINOR ? [groupFor(name, group)] : [];
  if (body.qos === undefined && joins.length === 0) return;
  await patchVolume(array.rest, name, body, call, joins);
}

async function setTags(
  array: ArrayContext,
  name: string,
  { tags, qos, protectionGroup }: VolumeChanges,
  undos: Undo[],
  call: RestCall,
): Promise<void> {
  const entries = tagEntries(tags);
  if (entries.length === 0) return;
  const isAlone = Object.keys(qos).length === 0 && protectionGroup === null;
  const before = isAlone ? [] : await getVolumeTags(array.rest, name, TAG_NAMESPACE, call);
  await putVolumeTags(array.rest, name, entries, call);
  undos.push(() => restoreTags(array, name, entries, before, call));
}

async function restoreTags(
  array: ArrayContext,
  name: string,
  written: readonly TagEntry[],
  before: readonly TagEntry[],
  call: RestCall,
): Promise<void> {
  const old = before.filter(({ key }) => written.some(entry => entry.key === key));
  const added = written.filter(({ key }) => !before.some(entry => entry.key === key));
  if (old.length > 0) await putVolumeTags(array.rest, name, old, call);
  const keys = added.map(({ key }) => key);
  if (keys.length > 0) await deleteVolumeTags(array.rest, name, TAG_NAMESPACE, keys, call);
}

/** Where a PATCH cannot do it. */
async function joinGroup(
  array: ArrayContext,
  name: string,
  { protectionGroup }: VolumeChanges,
  minor: number,
  undos: Undo[],
  call: RestCall,
): Promise<void> {
  if (protectionGroup === null || minor >= GROUP_IN_PATCH_MINOR) return;
  if (!(await addToGroup(array, name, protectionGroup, call))) return;
  undos.push(() => deleteGroupVolumes(array.rest, groupFor(name, protectionGroup), [name], call));
}

/** False when it was a member already. */
export async function addToGroup(array: ArrayContext, name: string, group: string, call: RestCall): Promise<boolean> {
  try {
    await postGroupVolumes(array.rest, groupFor(name, group), [name], call);
    return true;
  } catch (error) {
    if (error instanceof RestError && error.says(/already (belongs|includes)/i)) return false;
    throw error;
  }
}
