import { roundUp, SECTOR_BYTES } from '../../domain/bytes.ts';
import type { DeletedVolume } from '../../domain/deleted-volume.ts';
import type { Volume } from '../../domain/volume.ts';
import { getConnections } from '../../rest/flasharray/connections.ts';
import { quote } from '../../rest/query.ts';
import { getVolumes, patchVolume, type VolumeItem } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { Page, PublishedVolume } from '../backend.ts';
import type { ArrayContext } from './array-context.ts';
import { isMissing, translated } from '../errors.ts';
import { hundredsOf } from '../name-lists.ts';
import { toVolume } from './to-volume.ts';

const PAGE = 1000;

async function findItem(array: ArrayContext, name: string, call: RestCall): Promise<VolumeItem | null> {
  try {
    const [item] = (await getVolumes(array.rest, { names: [name] }, call)).items;
    if (!item || item.isDestroyed) return null;
    array.serials.set(name, item.serial);
    return item;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export async function findVolume(array: ArrayContext, name: string, call: RestCall): Promise<Volume | null> {
  return await translated(`looking for volume ${name}`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const item = await findItem(array, name, call);
    return item === null ? null : toVolume(arrayId, item);
  });
}

/** By filter, because `names` refuses everything when one is missing. */
export async function findVolumes(
  array: ArrayContext,
  names: readonly string[],
  call: RestCall,
): Promise<readonly Volume[]> {
  if (names.length === 0) return [];
  return await translated(`looking for ${names.length} volumes`, async () => {
    const arrayId = await array.facts.arrayId(call);
    const found: Volume[] = [];
    for (const list of hundredsOf(names)) {
      const { items } = await getVolumes(array.rest, { filter: `name=(${list}) and destroyed='false'` }, call);
      found.push(...items.filter(item => !item.isDestroyed).map(item => toVolume(arrayId, item)));
    }
    return found;
  });
}

export async function expandVolume(
  array: ArrayContext,
  name: string,
  sizeBytes: number,
  call: RestCall,
): Promise<number> {
  const provisioned = roundUp(sizeBytes, SECTOR_BYTES);
  return await translated(`expanding volume ${name}`, async () => {
    try {
      return (await patchVolume(array.rest, name, { provisioned }, call)).provisioned;
    } catch (error) {
      if (!(error instanceof RestError) || error.failure !== 'rejected' || isMissing(error)) throw error;
      // Larger already: the array refuses to truncate, in words that differ between versions.
      const item = await findItem(array, name, call);
      if (item !== null && item.provisioned >= provisioned) return item.provisioned;
      throw error;
    }
  });
}

/** In a pod or not. */
export const startsWith = (field: string, prefix: string): string =>
  `(${field}=${quote(`${prefix}*`)} or ${field}=${quote(`*::${prefix}*`)})`;

/** Which volumes a listing is about. */
export interface ListScope {
  readonly prefix: string;
  readonly imported: readonly string[];
}

function inScope(field: string, { prefix, imported }: ListScope): string {
  if (imported.length === 0) return startsWith(field, prefix);
  return `(${startsWith(field, prefix)} or ${field}=(${imported.map(quote).join(',')}))`;
}

/** Hosts by volume, for all volumes of a listing: kept while the pages of one listing are read. */
export class ConnectionTable {
  readonly #hosts = new Map<string, string[]>();
  readonly #filter: string;

  private constructor(filter: string) {
    this.#filter = filter;
  }

  static async read(array: ArrayContext, scope: ListScope, call: RestCall): Promise<ConnectionTable> {
    const filter = inScope('volume.name', scope);
    const table = new ConnectionTable(filter);
    let token: string | null = null;
    do {
      const page = await getConnections(array.rest, { filter, limit: PAGE, token }, call);
      for (const { hostName, volumeName } of page.items) {
        if (hostName === null || volumeName === null) continue;
        const hosts = table.#hosts.get(volumeName) ?? [];
        if (!hosts.includes(hostName)) hosts.push(hostName);
        table.#hosts.set(volumeName, hosts);
      }
      token = page.next;
    } while (token !== null);
    return table;
  }

  covers(scope: ListScope): boolean {
    return this.#filter === inScope('volume.name', scope);
  }

  hostsOf(volumeName: string): readonly string[] {
    return this.#hosts.get(volumeName) ?? [];
  }
}

export async function listVolumes(
  array: ArrayContext,
  scope: ListScope,
  page: { readonly limit: number; readonly token: string | null },
  table: () => Promise<ConnectionTable>,
  call: RestCall,
): Promise<Page<PublishedVolume>> {
  return await translated('listing volumes', async () => {
    const arrayId = await array.facts.arrayId(call);
    const filter = `${inScope('name', scope)} and destroyed='false'`;
    const limit = Math.min(page.limit, PAGE);
    const { items, next } = await getVolumes(array.rest, { filter, limit, token: page.token }, call);
    const connections = items.some(item => item.connectionCount > 0) ? await table() : null;
    const volumes = items.map(item => ({
      ...toVolume(arrayId, item),
      hostNames: (connections?.hostsOf(item.name) ?? []).map(name => array.hosts.nodeNameOf(name)),
    }));
    return { items: volumes, next };
  });
}

export async function deletedVolumes(
  array: ArrayContext,
  prefix: string,
  limit: number,
  call: RestCall,
): Promise<Page<DeletedVolume>> {
  return await translated('listing deleted volumes', async () => {
    const filter = `${startsWith('name', prefix)} and destroyed='true'`;
    const { items, next } = await getVolumes(array.rest, { filter, limit: Math.min(limit, PAGE) }, call);
    const volumes = items
      .filter(item => item.isDestroyed)
      .map(({ name, provisioned, timeRemaining }) => ({ name, sizeBytes: provisioned, leftMs: timeRemaining }));
    return { items: volumes, next };
  });
}
