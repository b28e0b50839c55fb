import { PsoError } from '../../domain/errors.ts';
import type { Snapshot } from '../../domain/volume.ts';
import { quote } from '../../rest/query.ts';
import { getSnapshots, patchSnapshot, postSnapshot, type SnapshotItem } from '../../rest/flashblade/snapshots.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { Page } from '../backend.ts';
import type { BladeContext } from './blade-context.ts';
import { afterWrite, isGone, isMissing, translated } from '../errors.ts';
import { checkedSuffix, snapshotParts } from '../names.ts';
import { toSnapshot } from './to-volume.ts';

export async function createSnapshot(
  array: BladeContext,
  volumeName: string,
  suffix: string,
  call: RestCall,
): Promise<Snapshot> {
  const doing = `taking snapshot ${volumeName}.${suffix}`;
  checkedSuffix(suffix);
  return await translated(doing, async () => {
    const arrayId = await array.facts.arrayId(call);
    try {
      return toSnapshot(arrayId, await postSnapshot(array.rest, volumeName, suffix, call));
    } catch (error) {
      if (!(error instanceof RestError) || !error.says('already exists')) throw error;
    }
    return await adopt(array, arrayId, `${volumeName}.${suffix}`, doing, call);
  });
}

async function adopt(
  array: BladeContext,
  arrayId: string,
  name: string,
  doing: string,
  call: RestCall,
): Promise<Snapshot> {
  try {
    const item = await findItem(array, name, call);
    if (item && !item.isDestroyed) return toSnapshot(arrayId, item);
  } catch (error) {
    if (!isMissing(error)) throw afterWrite(error, doing);
  }
  throw new PsoError(
    'name-held-by-destroyed',
    `FlashBlade ${array.rest.array}: the name ${name} is held by a destroyed snapshot until the array eradicates it.`,
    'Recover or eradicate it on the array, or use another name.',
  );
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

export async function findSnapshot(array: BladeContext, name: string, call: RestCall): Promise<Snapshot | null> {
  if (!name.includes('.')) return null;
  return await translated(`looking for snapshot ${name}`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const item = await findItem(array, name, call);
    return item?.isDestroyed === false ? toSnapshot(arrayId, item) : null;
  });
}

export async function listSnapshots(
  array: BladeContext,
  filter: { readonly prefix: string; readonly volumeName: string | null },
  page: { readonly limit: number; readonly token: string | null },
  call: RestCall,
): Promise<Page<Snapshot>> {
  return await translated('listing snapshots', async () => {
    const arrayId = await array.facts.arrayId(call);
    const by =
      filter.volumeName === null
        ? { filter: `name=${quote(`${filter.prefix}*`)} and destroyed='false'` }
        : { names: [filter.volumeName], destroyed: false };
    try {
      const { items, next } = await getSnapshots(array.rest, { ...by, limit: page.limit, token: page.token }, call);
      return { items: items.filter(item => !item.isDestroyed).map(item => toSnapshot(arrayId, item)), next };
    } catch (error) {
      if (filter.volumeName !== null && isMissing(error)) return { items: [], next: null };
      throw error;
    }
  });
}

/** Destroying a file system destroys its snapshots with it: one call to know whether there are any. */
export async function hasSnapshots(array: BladeContext, volumeName: string, call: RestCall): Promise<boolean> {
  const page = await listSnapshots(array, { prefix: '', volumeName }, { limit: 1, token: null }, call);
  return page.items.length > 0;
}
