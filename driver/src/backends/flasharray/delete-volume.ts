import { PsoError } from '../../domain/errors.ts';
import { getConnections } from '../../rest/flasharray/connections.ts';
import { quote } from '../../rest/query.ts';
import { getVolumes, patchVolume, type VolumeItem } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { ArrayContext } from './array-context.ts';
import { isGone, isMissing, translated } from '../errors.ts';
import { endsInUuid, tombstoneOf, tombstonePattern } from '../names.ts';

/** Destroys exactly this volume, recoverable until the array eradicates it. */
export async function deleteVolume(array: ArrayContext, name: string, call: RestCall): Promise<void> {
  await translated(`deleting volume ${name}`, async () => {
    if (endsInUuid(name)) await destroy(array, name, name, call);
    else await entomb(array, name, call);
    array.serials.delete(name);
    array.tagged.delete(name);
  });
}

/** `shownName` is the one the caller knows. */
async function destroy(array: ArrayContext, name: string, shownName: string, call: RestCall): Promise<void> {
  try {
    await patchVolume(array.rest, name, { destroyed: true }, call);
  } catch (error) {
    if (isGone(error)) return;
    if (error instanceof RestError && error.says(/connect/i)) throw await stillConnected(array, name, shownName, call);
    throw error;
  }
}

async function stillConnected(array: ArrayContext, name: string, shownName: string, call: RestCall): Promise<PsoError> {
  const { items } = await getConnections(array.rest, { volumeNames: [name] }, call);
  const hosts = [...new Set(items.flatMap(({ hostName }) => (hostName === null ? [] : [hostName])))];
  return new PsoError(
    'volume-connected',
    `Volume ${shownName} on array ${array.rest.array} is still connected to ${hosts.join(', ') || 'a host'}.`,
    'It will be deleted when the last pod that uses it is gone; if none does, disconnect it on the array.',
  );
}

/** A readable name may be asked for again, so its volume is renamed before it is destroyed: the array reserves names. */
async function entomb(array: ArrayContext, name: string, call: RestCall): Promise<void> {
  const volume = await find(array, name, call);
  if (volume === null) return await destroyLeftovers(array, name, call);
  if (volume.isDestroyed) return;
  if (volume.connectionCount > 0) throw await stillConnected(array, name, name, call);
  const tombstone = tombstoneOf(name, volume.serial);
  try {
    await patchVolume(array.rest, name, { name: tombstone }, call);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    await destroy(array, tombstone, name, call);
  } catch (error) {
    // Connected in between: its handle must stay true.
    if (error instanceof PsoError) await patchVolume(array.rest, tombstone, { name }, call);
    throw error;
  }
}

async function find(array: ArrayContext, name: string, call: RestCall): Promise<VolumeItem | null> {
  try {
    return (await getVolumes(array.rest, { names: [name] }, call)).items[0] ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A rename whose answer was lost leaves a live tombstone. Only a suffix made from its own serial proves that it is ours. */
async function destroyLeftovers(array: ArrayContext, name: string, call: RestCall): Promise<void> {
  const filter = `name=${quote(tombstonePattern(name))} and destroyed='false'`;
  const { items } = await getVolumes(array.rest, { filter }, call);
  for (const item of items.filter(candidate => candidate.name === tombstoneOf(name, candidate.serial))) {
    await destroy(array, item.name, name, call);
  }
}
