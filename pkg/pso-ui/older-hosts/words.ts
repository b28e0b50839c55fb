import type { Store } from '../rancher/store.ts';

/** What the shell's components in our bundle say, and hosts before 2.14 have no words for; most is for who hears the page. */
const WORDS: Readonly<Record<string, string>> = {
  'asyncButton.alt.iconAlt': 'Async button icon',
  'generic.ascending': 'ascending',
  'generic.descending': 'descending',
  'generic.tooltip': 'Tooltip',
  'generic.banners.altCloseBanner': 'Close banner icon',
  'generic.banners.bannerIcon': 'Banner icon',
  'labeledSelect.pressEnter': 'Press enter to add "{input}"',
  'labeledSelect.startTyping': 'Start typing to define an item',
  'nav.actionMenu.label': 'Page actions menu',
  'sortableTable.alt.firstPageBtn': 'First page of results icon',
  'sortableTable.alt.prevPageBtn': 'Previous page of results icon',
  'sortableTable.alt.nextPageBtn': 'Next page of results icon',
  'sortableTable.alt.lastPageBtn': 'Last page of results icon',
  'sortableTable.alt.sortingIconAsc': 'Table header ascending sort icon',
  'sortableTable.alt.sortingIconDesc': 'Table header descending sort icon',
  'sortableTable.ariaLabel.firstPageBtn': 'First page of results',
  'sortableTable.ariaLabel.prevPageBtn': 'Previous page of results',
  'sortableTable.ariaLabel.nextPageBtn': 'Next page of results',
  'sortableTable.ariaLabel.lastPageBtn': 'Last page of results',
  'sortableTable.filteringDescription': 'Using this input will immediately filter the results in the table below',
  'sortableTable.genericGroupCheckbox': 'Table group selection checkbox',
  'sortableTable.genericRowCheckbox': 'Table row selection checkbox for item {item}',
  'sortableTable.searchLabel': 'Filter table results',
  'sortableTable.tableActionsImgAlt': 'More actions icon',
  'sortableTable.tableActionsLabel': 'More actions - { resource }',
};

interface Texts {
  [part: string]: string | Texts;
}

/** Those that the host lacks, in the form of a file of texts. */
export function missingWords(store: Store): Texts {
  const texts: Texts = {};
  for (const [key, word] of Object.entries(WORDS)) {
    if (!store.getters['i18n/exists'](key, 'en-us')) put(texts, key.split('.'), word);
  }
  return texts;
}

function put(texts: Texts, [part = '', ...rest]: readonly string[], word: string): void {
  if (rest.length === 0) texts[part] = word;
  else put((texts[part] ??= {}) as Texts, rest, word);
}
