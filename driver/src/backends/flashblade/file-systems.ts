import { roundUp, SECTOR_BYTES } from '../../domain/bytes.ts';
import type { DeletedVolume } from '../../domain/deleted-volume.ts';
import type { QosLimits, Volume } from '../../domain/volume.ts';
import { getFileSystems, patchFileSystem } from '../../rest/flashblade/file-systems.ts';
import { quote } from '../../rest/query.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import type { Page, PublishedVolume } from '../backend.ts';
import { translated } from '../errors.ts';
import { hundredsOf } from '../name-lists.ts';
import { remember, type BladeContext } from './blade-context.ts';
import { findLive, requireLive } from './find-file-system.ts';
import { nodeNames } from './publish-file-system.ts';
import { limitsOf } from './qos.ts';
import { toVolume } from './to-volume.ts';

const PAGE = 1000;
/** Shorter than a sidecar's lease, so that no other process can have grown it meanwhile. */
const SIZE_FRESH_MS = 10_000;
/** A listing reads no policies: nothing that lists asks for limits. */
const NOT_READ: QosLimits = { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 };

export async function findFileSystem(array: BladeContext, name: string, call: RestCall): Promise<Volume | null> {
  return await translated(`looking for file system ${name}`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const item = await findLive(array, name, call);
    return item === null ? null : toVolume(arrayId, item, await limitsOf(array, item.qosPolicy, call));
  });
}

/** By filter, because `names` refuses everything when one is missing. */
export async function findFileSystems(
  array: BladeContext,
  names: readonly string[],
  call: RestCall,
): Promise<readonly Volume[]> {
  if (names.length === 0) return [];
  return await translated(`looking for ${names.length} file systems`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const found: Volume[] = [];
    for (const list of hundredsOf(names)) {
      const { items } = await getFileSystems(array.rest, { filter: `name=(${list}) and destroyed='false'` }, call);
      found.push(...items.filter(item => !item.isDestroyed).map(item => toVolume(arrayId, item, NOT_READ)));
    }
    return found;
  });
}

/** A FlashBlade shrinks without asking, so the size must be known before it is written: one call more when it is not fresh. */
export async function expandFileSystem(
  array: BladeContext,
  name: string,
  sizeBytes: number,
  call: RestCall,
): Promise<number> {
  const provisioned = roundUp(sizeBytes, SECTOR_BYTES);
  return await translated(`expanding file system ${name}`, async () => {
    const current = await currentSize(array, name, call);
    // 0: as large as the array already.
    if (current === 0 || current >= provisioned) return current || provisioned;
    const item = remember(array, await patchFileSystem(array.rest, name, { provisioned }, call));
    return item.provisioned ?? provisioned;
  });
}

async function currentSize(array: BladeContext, name: string, call: RestCall): Promise<number> {
  const seen = array.seen.get(name);
  if (seen && array.clock.nowMs() - seen.seenAtMs < SIZE_FRESH_MS) return seen.sizeBytes;
  return (await requireLive(array, name, call)).provisioned ?? 0;
}

/** Who is let in is part of each file system: one call a page. */
export async function listFileSystems(
  array: BladeContext,
  prefix: string,
  page: { readonly limit: number; readonly token: string | null },
  call: RestCall,
): Promise<Page<PublishedVolume>> {
  return await translated('listing file systems', async () => {
    const arrayId = await array.facts.arrayId(call);
    const filter = `name=${quote(`${prefix}*`)} and destroyed='false'`;
    const limit = Math.min(page.limit, PAGE);
    const { items, next } = await getFileSystems(array.rest, { filter, limit, token: page.token }, call);
    const volumes = items
      .filter(item => !item.isDestroyed)
      .map(item => ({ ...toVolume(arrayId, item, NOT_READ), hostNames: nodeNames(array, item.rules) }));
    return { items: volumes, next };
  });
}

export async function deletedFileSystems(
  array: BladeContext,
  prefix: string,
  limit: number,
  call: RestCall,
): Promise<Page<DeletedVolume>> {
  return await translated('listing deleted file systems', async () => {
    const filter = `name=${quote(`${prefix}*`)} and destroyed='true'`;
    const { items, next } = await getFileSystems(array.rest, { filter, limit: Math.min(limit, PAGE) }, call);
    const volumes = items
      .filter(item => item.isDestroyed)
      .map(({ name, provisioned, timeRemaining }) => ({ name, sizeBytes: provisioned ?? 0, leftMs: timeRemaining }));
    return { items: volumes, next };
  });
}
