import { PsoError } from '../../domain/errors.ts';
import {
  getFileSystems,
  patchFileSystem,
  type FileSystemItem,
  type FileSystemPatch,
} from '../../rest/flashblade/file-systems.ts';
import { quote } from '../../rest/query.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { afterWrite, isGone, translated } from '../errors.ts';
import { endsInUuid, tombstoneOf, tombstonePattern } from '../names.ts';
import { nodeNames } from './publish-file-system.ts';
import type { BladeContext } from './blade-context.ts';
import { nodeRules } from './export-rules.ts';
import { findItem, findLive } from './find-file-system.ts';
import { dropPolicy, isOwnPolicy } from './qos.ts';

/** Destroys exactly this file system, recoverable until the array eradicates it. */
export async function deleteFileSystem(array: BladeContext, name: string, call: RestCall): Promise<void> {
  await translated(`deleting file system ${name}`, async () => {
    if (endsInUuid(name)) await deleteNamed(array, name, call);
    else await entomb(array, name, call);
    array.seen.delete(name);
  });
}

async function deleteNamed(array: BladeContext, name: string, call: RestCall): Promise<void> {
  if (array.seen.get(name)?.isPublished === true) {
    const item = await findLive(array, name, call);
    if (item === null) return;
    if (nodeRules(item.rules).length > 0) throw stillExported(array, item, name);
  }
  await destroy(array, name, name, call);
}

/** `shownName` is the one the caller knows, and the one that its policy is named after. */
async function destroy(array: BladeContext, name: string, shownName: string, call: RestCall): Promise<void> {
  const seenPolicy = ownPolicyOf(shownName, array.seen.get(name)?.qosPolicy ?? null);
  let item: FileSystemItem;
  try {
    item = await patchFileSystem(array.rest, name, destruction(seenPolicy !== null), call);
  } catch (error) {
    if (isGone(error) || (await isGoneAfter(error, array, name, call))) return;
    throw error;
  }
  // Unlike a FlashArray, this one destroys what is in use: nodes that another process let in are only seen now.
  if (nodeRules(item.rules).length > 0) await recover(array, item, shownName, call);
  const policy = ownPolicyOf(shownName, item.qosPolicy);
  if (policy !== null) await destroyWithoutPolicy(array, name, call);
  await dropPolicy(array, shownName, policy ?? seenPolicy, call);
}

/** NFS, and a policy of ours, go in the same call: a destroyed file system cannot be changed any more. */
const destruction = (hasPolicy: boolean): FileSystemPatch => ({
  destroyed: true,
  nfs: { v3_enabled: false, v4_1_enabled: false },
  ...(hasPolicy ? { qos_policy: { name: '' } } : {}),
});

const ownPolicyOf = (name: string, policy: string | null): string | null =>
  policy !== null && isOwnPolicy(name, policy) ? policy : null;

/** A policy stays as long as a destroyed file system has it, and nobody would ever look for it again. */
async function destroyWithoutPolicy(array: BladeContext, name: string, call: RestCall): Promise<void> {
  try {
    await patchFileSystem(array.rest, name, { destroyed: false }, call);
    await patchFileSystem(array.rest, name, destruction(true), call);
  } catch (error) {
    throw afterWrite(error, `taking the QoS policy off file system ${name}`);
  }
}

/** A refusal in unknown words may mean that it is destroyed already. */
async function isGoneAfter(error: unknown, array: BladeContext, name: string, call: RestCall): Promise<boolean> {
  if (!(error instanceof RestError) || error.failure !== 'rejected') return false;
  return (await findLive(array, name, call)) === null;
}

async function recover(array: BladeContext, item: FileSystemItem, shownName: string, call: RestCall): Promise<never> {
  try {
    await patchFileSystem(array.rest, item.name, { destroyed: false }, call);
    await patchFileSystem(array.rest, item.name, { nfs: { v3_enabled: true, v4_1_enabled: true } }, call);
  } catch (error) {
    throw afterWrite(error, `recovering file system ${shownName}, which nodes still use`);
  }
  throw stillExported(array, item, shownName);
}

function stillExported(array: BladeContext, item: FileSystemItem, shownName: string): PsoError {
  return new PsoError(
    'volume-connected',
    `File system ${shownName} on FlashBlade ${array.rest.array} is still open to ${nodeNames(array, item.rules).join(', ')}.`,
    'It will be deleted when the last pod that uses it is gone; if none does, remove the export rules on the array.',
  );
}

/** A readable name may be asked for again, so its file system is renamed before it is destroyed: the array reserves names. */
async function entomb(array: BladeContext, name: string, call: RestCall): Promise<void> {
  const item = await findItem(array, name, call);
  if (item === null) return await destroyLeftovers(array, name, call);
  if (item.isDestroyed) return;
  if (nodeRules(item.rules).length > 0) throw stillExported(array, item, name);
  const tombstone = tombstoneOf(name, item.id);
  try {
    await patchFileSystem(array.rest, name, { name: tombstone }, call);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  try {
    await destroy(array, tombstone, name, call);
  } catch (error) {
    // Published in between: its handle must stay true.
    if (error instanceof PsoError) await patchFileSystem(array.rest, tombstone, { name }, call);
    throw error;
  }
}

/** A rename whose answer was lost leaves a live tombstone. Only a suffix made from its own id proves that it is ours. */
async function destroyLeftovers(array: BladeContext, name: string, call: RestCall): Promise<void> {
  const filter = `name=${quote(tombstonePattern(name))} and destroyed='false'`;
  const { items } = await getFileSystems(array.rest, { filter }, call);
  for (const item of items.filter(candidate => candidate.name === tombstoneOf(name, candidate.id))) {
    await destroy(array, item.name, name, call);
  }
}
