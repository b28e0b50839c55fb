import { PsoError } from '../../domain/errors.ts';
import { getSnapshots, patchSnapshot, postSnapshot, type SnapshotItem } from '../../rest/flashblade/snapshots.ts';
import { quote } from '../../rest/query.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { isGone, isMissing, translated } from '../errors.ts';
import { snapshotParts } from '../names.ts';
import type { SnapshotCalls, SnapshotFilter } from '../snapshots.ts';
import type { BladeContext } from './blade-context.ts';
import { toSnapshot } from './to-volume.ts';

export const snapshotCalls = (array: BladeContext, call: RestCall): SnapshotCalls<SnapshotItem> => ({
  arrayId: () => array.facts.arrayId(call),
  post: (volumeName, suffix) => postSnapshot(array.rest, volumeName, suffix, call),
  find: name => findItem(array, name, call),
  list: (filter, page) => getSnapshots(array.rest, { ...liveOf(filter), limit: page.limit, token: page.token }, call),
  toSnapshot,
  heldByDestroyed: name =>
    new PsoError(
      'name-held-by-destroyed',
      `FlashBlade ${array.rest.array}: the name ${name} is held by a destroyed snapshot until the array eradicates it.`,
      'Recover or eradicate it on the array, or use another name.',
    ),
});

const liveOf = ({ prefix, volumeName }: SnapshotFilter) =>
  volumeName === null
    ? { filter: `name=${quote(`${prefix}*`)} and destroyed='false'` }
    : { names: [volumeName], destroyed: false };

/** Live or destroyed; an owner of that name is no snapshot. */
async function findItem(array: BladeContext, name: string, call: RestCall): Promise<SnapshotItem | null> {
  try {
    const { items } = await getSnapshots(array.rest, { names: [name] }, call);
    return items.find(item => item.name.toLowerCase() === name.toLowerCase()) ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Destroys, recoverable. A name without a suffix is refused: it would be a volume's. */
export async function deleteSnapshot(array: BladeContext, name: string, call: RestCall): Promise<void> {
  snapshotParts(name);
  await translated(`deleting snapshot ${name}`, async () => {
    try {
      await patchSnapshot(array.rest, name, { destroyed: true }, call);
    } catch (error) {
      if (isGone(error)) return;
      if (!(error instanceof RestError) || error.failure !== 'rejected') throw error;
      // Refused in unknown words: destroyed already, most likely.
      if ((await findItem(array, name, call))?.isDestroyed === false) throw error;
    }
  });
}
