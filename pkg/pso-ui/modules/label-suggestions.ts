import { isObject, textOf } from '../forms/json.ts';
import type { ArrayDraft } from './fleet-file.ts';

type Labels = Readonly<Record<string, string>>;

/** What one may want to write: keys with values that are in use; both sorted. */
export type LabelSuggestions = readonly { readonly key: string; readonly values: readonly string[] }[];

/** Labels of nodes that say where they stand; an array that stands there is labelled alike. */
const TOPOLOGY = /^topology\.(?:purestorage\.com\/|kubernetes\.io\/(?:zone|region)$)/;

/** Labels of an array from those of the other arrays, so that classes find them all by one word, and from the places of nodes. */
export function labelSuggestions(nodes: readonly Labels[], drafts: readonly ArrayDraft[]): LabelSuggestions {
  const found = new Map<string, Set<string>>();
  const note = (key: string, value: string): void => {
    found.set(key, (found.get(key) ?? new Set()).add(value));
  };
  for (const labels of nodes) {
    for (const [key, value] of Object.entries(labels)) if (TOPOLOGY.test(key)) note(key, value);
  }
  for (const { item } of drafts) {
    const labels = isObject(item['Labels']) ? item['Labels'] : {};
    for (const [key, value] of Object.entries(labels)) note(key, textOf(value ?? ''));
  }
  return [...found]
    .map(([key, values]) => ({ key, values: [...values].filter(value => value !== '').sort() }))
    .sort((a, b) => a.key.localeCompare(b.key));
}
