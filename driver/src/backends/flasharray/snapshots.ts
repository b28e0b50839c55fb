import { PsoError } from '../../domain/errors.ts';
import type { Snapshot } from '../../domain/volume.ts';
import { destroySnapshot, getSnapshots, postSnapshot } from '../../rest/flasharray/snapshots.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { Page } from '../backend.ts';
import type { ArrayContext } from './array-context.ts';
import { afterWrite, isGone, isMissing, translated } from '../errors.ts';
import { checkedSuffix, snapshotParts } from '../names.ts';
import { startsWith } from './volumes.ts';
import { toSnapshot } from './to-volume.ts';

export async function createSnapshot(
  array: ArrayContext,
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
  array: ArrayContext,
  arrayId: string,
  name: string,
  doing: string,
  call: RestCall,
): Promise<Snapshot> {
  try {
    const [item] = (await getSnapshots(array.rest, { names: [name] }, call)).items;
    if (item && !item.isDestroyed) return toSnapshot(arrayId, item);
  } catch (error) {
    if (!isMissing(error)) throw afterWrite(error, doing);
  }
  throw new PsoError(
    'name-held-by-destroyed',
    `Array ${array.rest.array}: the name ${name} is held by a destroyed snapshot until the array eradicates it.`,
    'Recover or eradicate it on the array, or use another name.',
  );
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

export async function findSnapshot(array: ArrayContext, name: string, call: RestCall): Promise<Snapshot | null> {
  if (!name.includes('.')) return null;
  return await translated(`looking for snapshot ${name}`, async () => {
    const arrayId = await array.facts.arrayId(call);
    try {
      const [item] = (await getSnapshots(array.rest, { names: [name] }, call)).items;
      return item && !item.isDestroyed ? toSnapshot(arrayId, item) : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });
}

export async function listSnapshots(
  array: ArrayContext,
  filter: { readonly prefix: string; readonly volumeName: string | null },
  page: { readonly limit: number; readonly token: string | null },
  call: RestCall,
): Promise<Page<Snapshot>> {
  return await translated('listing snapshots', async () => {
    const arrayId = await array.facts.arrayId(call);
    const by =
      filter.volumeName === null
        ? { filter: `${startsWith('name', filter.prefix)} and destroyed='false'` }
        : { sourceNames: [filter.volumeName], destroyed: false };
    try {
      const { items, next } = await getSnapshots(array.rest, { ...by, limit: page.limit, token: page.token }, call);
      return { items: items.filter(item => !item.isDestroyed).map(item => toSnapshot(arrayId, item)), next };
    } catch (error) {
      if (filter.volumeName !== null && isMissing(error)) return { items: [], next: null };
      throw error;
    }
  });
}

/** Destroying a volume destroys its snapshots with it: one call to know whether there are any. */
export async function hasSnapshots(array: ArrayContext, volumeName: string, call: RestCall): Promise<boolean> {
  const page = await listSnapshots(array, { prefix: '', volumeName }, { limit: 1, token: null }, call);
  return page.items.length > 0;
}
