/** A list as Kubernetes' API gives it: with a token when there is more. */
export interface KubeList<Item> {
  readonly items?: readonly Item[];
  readonly metadata?: { readonly continue?: string };
}

/** What is on all pages, of which at most so many are read; the first is asked for with an empty token. */
export async function allPages<Item>(
  read: (token: string) => Promise<KubeList<Item>>,
  most: number,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token = '';
  for (let page = 0; page < most; page += 1) {
    const { items: found = [], metadata } = await read(token);
    items.push(...found);
    token = metadata?.continue ?? '';
    if (token === '') break;
  }
  return items;
}
