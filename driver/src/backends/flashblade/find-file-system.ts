import { PsoError } from '../../domain/errors.ts';
import { getFileSystems, type FileSystemItem } from '../../rest/flashblade/file-systems.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { isMissing } from '../errors.ts';
import { remember, type BladeContext } from './blade-context.ts';

/** Live or destroyed; null when there is none. */
export async function findItem(array: BladeContext, name: string, call: RestCall): Promise<FileSystemItem | null> {
  try {
    const [item] = (await getFileSystems(array.rest, { names: [name] }, call)).items;
    return item ? remember(array, item) : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export async function findLive(array: BladeContext, name: string, call: RestCall): Promise<FileSystemItem | null> {
  const item = await findItem(array, name, call);
  return item?.isDestroyed === false ? item : null;
}

/** Throws `volume-missing` where there is no live one. */
export async function requireLive(array: BladeContext, name: string, call: RestCall): Promise<FileSystemItem> {
  const item = await findLive(array, name, call);
  if (item !== null) return item;
  throw new PsoError(
    'volume-missing',
    `FlashBlade ${array.rest.array} has no live file system ${name}.`,
    'If it was destroyed on the array, recover it there.',
  );
}
