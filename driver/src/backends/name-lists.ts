import { quote } from '../rest/query.ts';

/** Of a URL's 8 KiB, what names in a filter may take. */
const MAX_CHARACTERS = 7000;
/** Of 63 characters each, they stay below that. */
const NAMES_PER_LIST = 100;

/** `'a','b'` for filters, as few as fit into URLs. */
export function nameLists(names: readonly string[]): readonly string[] {
  const lists: string[] = [];
  let list = '';
  for (const name of new Set(names)) {
    const longer = list === '' ? quote(name) : `${list},${quote(name)}`;
    const fits = list === '' || encodeURIComponent(longer).length <= MAX_CHARACTERS;
    if (!fits) lists.push(list);
    list = fits ? longer : quote(name);
  }
  return list === '' ? lists : [...lists, list];
}

/** Lists of a hundred names each. */
export function hundredsOf(names: readonly string[]): readonly string[] {
  const lists: string[] = [];
  for (let start = 0; start < names.length; start += NAMES_PER_LIST) {
    const part = names.slice(start, start + NAMES_PER_LIST);
    lists.push(part.map(quote).join(','));
  }
  return lists;
}
