import { malformed } from './failures.ts';
import { itemsOf, type Item } from './fields.ts';
import { nextOf, type Listing } from './listing.ts';
import type { RestCall, RestClient } from './rest-client.ts';

export async function getItems(rest: RestClient, path: string, call: RestCall): Promise<readonly Item[]> {
  return itemsOf(rest.array, await rest.request({ method: 'GET', path }, call), false);
}

/** The only item, which must be there. */
export async function getFirst(rest: RestClient, path: string, call: RestCall): Promise<Item> {
  const [first] = await getItems(rest, path, call);
  if (first) return first;
  throw malformed(rest.array, `${path} gave nothing`, false);
}

/** A page, and where the next one begins. */
export async function getListing<T>(
  rest: RestClient,
  path: string,
  read: (item: Item) => T,
  call: RestCall,
): Promise<Listing<T>> {
  const answer = await rest.request({ method: 'GET', path }, call);
  return { items: itemsOf(rest.array, answer, false).map(read), next: nextOf(answer) };
}
