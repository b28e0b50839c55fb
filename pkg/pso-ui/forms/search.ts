import type { Field } from './field.ts';

/** Fields in which every word of the query occurs, in key, label, description or choices; best hits first. */
export function search(fields: readonly Field[], query: string): readonly Field[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return fields;
  const ranked = fields
    .map(field => ({ field, rank: rankOf(field, words) }))
    .filter(({ rank }) => Number.isFinite(rank));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ field }) => field);
}

/** 0: every word in key or label; 1: a word only further down; Infinity: a word is missing. */
function rankOf(field: Field, words: readonly string[]): number {
  const names = `${field.key} ${field.label}`.toLowerCase();
  if (words.every(word => names.includes(word))) return 0;
  const all = [
    names,
    field.description,
    field.tooltip,
    ...field.options.map(option => option.label),
    ...namesBelow(field),
  ];
  const text = all.join(' ').toLowerCase();
  return words.every(word => text.includes(word)) ? 1 : Infinity;
}

const namesBelow = (field: Field): readonly string[] =>
  field.item.flatMap(inner => [inner.key, inner.description, ...namesBelow(inner)]);
