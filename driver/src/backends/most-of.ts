import type { Listing, ListQuery } from '../rest/listing.ts';
import { RestError } from '../rest/rest-error.ts';

const PAGE = 1000;
/** Where an array does not sort, so many are looked at. */
const MAX_PAGES = 10;

interface Ranking<Item> {
  /** Property that the array sorts by. */
  readonly by: string;
  readonly amount: (item: Item) => number;
  readonly most: number;
}

/** Those with most. Arrays sort by any property that they show (REST 2.x), but some pass over nested ones in silence. */
export async function mostOf<Item>(
  read: (wanted: ListQuery) => Promise<Listing<Item>>,
  ranking: Ranking<Item>,
): Promise<readonly Item[]> {
  return (await sortedThere(read, ranking)) ?? (await sortedHere(read, ranking));
}

async function sortedThere<Item>(
  read: (wanted: ListQuery) => Promise<Listing<Item>>,
  { by, amount, most }: Ranking<Item>,
): Promise<readonly Item[] | null> {
  try {
    const { items } = await read({ sort: `${by}-`, limit: most });
    const amounts = items.map(amount);
    return amounts.every((one, index) => index === 0 || one <= (amounts[index - 1] ?? 0)) ? items : null;
  } catch (error) {
    if (error instanceof RestError && error.failure === 'rejected') return null;
    throw error;
  }
}

async function sortedHere<Item>(
  read: (wanted: ListQuery) => Promise<Listing<Item>>,
  { amount, most }: Ranking<Item>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let token: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const part: Listing<Item> = await read({ limit: PAGE, token });
    all.push(...part.items);
    token = part.next;
    if (token === null) break;
  }
  return all.sort((a, b) => amount(b) - amount(a)).slice(0, most);
}
