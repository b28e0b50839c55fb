import { at, type Json, type JsonObject, textOf } from './json.ts';

/**
 * `show_if` as dashboards 2.10 to 2.15 evaluate it: `a.b=x` joined by `&&`, these by `||`; `true`, `false` and numbers
 * equal their text, `a=` means empty or absent. `!=`, brackets and `!` do not work on those hosts: `unsupported`
 * finds them, and such a condition shows the question, as there.
 */
export function holds(condition: string, values: JsonObject): boolean {
  if (unsupported(condition)) return true;
  return condition.split('||').some(all => all.split('&&').every(term => termHolds(term.trim(), values)));
}

export const unsupported = (condition: string): boolean => /!|[()]|==|>|</.test(condition);

function termHolds(term: string, values: JsonObject): boolean {
  const equals = term.indexOf('=');
  const variable = equals < 0 ? term : term.slice(0, equals);
  const value = at(values, variable.trim().split('.'));
  if (equals < 0) return isTruthy(value);
  const wanted = term.slice(equals + 1).trim();
  return wanted === '' ? !isTruthy(value) : value !== undefined && textOf(value) === wanted;
}

const isTruthy = (value: Json | undefined): boolean => Boolean(value);

/** Dotted paths that the condition reads. */
export const variablesOf = (condition: string): readonly string[] =>
  condition.split(/\|\||&&/).map(term => (term.split('=')[0] ?? '').trim());
