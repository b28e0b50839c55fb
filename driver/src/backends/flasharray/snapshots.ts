import { PsoError } from '../../domain/errors.ts';
import { destroySnapshot, getSnapshots, postSnapshot, type SnapshotItem } from '../../rest/flasharray/snapshots.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { isGone, isMissing, translated } from '../errors.ts';
import { snapshotParts } from '../names.ts';
import type { SnapshotCalls, SnapshotFilter } from '../snapshots.ts';
import type { ArrayContext } from './array-context.ts';
import { toSnapshot } from './to-volume.ts';
import { startsWith } from './volumes.ts';

export const snapshotCalls = (array: ArrayContext, call: RestCall): SnapshotCalls<SnapshotItem> => ({
  arrayId: () => array.facts.arrayId(call),
  post: (volumeName, suffix) => postSnapshot(array.rest, volumeName, suffix, call),
  find: name => findItem(array, name, call),
  list: (filter, page) => getSnapshots(array.rest, { ...liveOf(filter), limit: page.limit, token: page.token }, call),
  toSnapshot,
  heldByDestroyed: name =>
    new PsoError(
      'name-held-by-destroyed',
      `Array ${array.rest.array}: the name ${name} is held by a destroyed snapshot until the array eradicates it.`,
      'Recover or eradicate it on the array, or use another name.',
    ),
});

const liveOf = ({ prefix, volumeName }: SnapshotFilter) =>
  volumeName === null
    ? { filter: `${startsWith('name', prefix)} and destroyed='false'` }
    : { sourceNames: [volumeName], destroyed: false };

async function findItem(array: ArrayContext, name: string, call: RestCall): Promise<SnapshotItem | null> {
  try {
    return (await getSnapshots(array.rest, { names: [name] }, call)).items[0] ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Destroys, recoverable. A name without a suffix is refused: it would be a volume's. */
export async function deleteSnapshot(array: ArrayContext, name: string, call: RestCall): Promise<void> {
  snapshotParts(name);
  if (name.split('.').length > 2) throw memberOfGroup(name);
  await translated(`deleting snapshot ${name}`, async () => {
    try {
      await destroySnapshot(array.rest, name, call);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  });
}

const memberOfGroup = (name: string): PsoError =>
  new PsoError(
    'snapshot-in-group',
    `Snapshot ${name} is part of a group snapshot and cannot be deleted alone.`,
    'Delete the VolumeGroupSnapshot.',
  );
