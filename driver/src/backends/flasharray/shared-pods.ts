import { getConnections } from '../../rest/flasharray/connections.ts';
import { getPods } from '../../rest/flasharray/pods.ts';
import { quote } from '../../rest/query.ts';
import type { Listing } from '../../rest/listing.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { translated } from '../errors.ts';
import type { ArrayContext } from './array-context.ts';

const PAGE = 1000;

async function allOf<Item>(read: (token: string | null) => Promise<Listing<Item>>): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | null = null;
  do {
    const page: Listing<Item> = await read(token);
    items.push(...page.items);
    token = page.next;
  } while (token !== null);
  return items;
}

/** Pods that this array holds with others, each with the ids of its arrays. One call. */
export async function sharedPods(array: ArrayContext, call: RestCall): Promise<ReadonlyMap<string, readonly string[]>> {
  return await translated('reading its pods', async () => {
    const pods = await allOf(token => getPods(array.rest, token, call));
    const shared = pods.filter(({ arrays }) => arrays.length > 1);
    return new Map(shared.map(({ name, arrays }) => [name, arrays.map(({ id }) => id)]));
  });
}

/** One call for each thousand connections of the pod. */
export async function nodesInPod(
  array: ArrayContext,
  pod: string,
  call: RestCall,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return await translated(`reading the connections of pod ${pod}`, async () => {
    const filter = `volume.name=${quote(`${pod}::*`)}`;
    const rows = await allOf(token => getConnections(array.rest, { filter, limit: PAGE, token }, call));
    const nodes = new Map<string, Set<string>>();
    for (const { hostName, volumeName } of rows) {
      if (hostName === null || volumeName === null) continue;
      const known = nodes.get(volumeName) ?? new Set();
      nodes.set(volumeName, known.add(array.hosts.nodeNameOf(hostName)));
    }
    return new Map(Array.from(nodes, ([volumeName, names]) => [volumeName, [...names]]));
  });
}
