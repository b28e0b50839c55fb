import type { Labels } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';

/** One term of a Kubernetes label selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'not-in' | 'exists' | 'absent';
  readonly values: readonly string[];
}

/** All must hold; empty matches everything. */
export type LabelSelector = readonly Requirement[];

const KEY = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`;
const VALUE = String.raw`[\w.-]*`;
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const PRESENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Commas inside parentheses belong to a set. */
const splitTerms = (text: string): readonly string[] => text.split(/,(?![^(]*\))/).map(term => term.trim());

function parseTerm(term: string): Requirement | null {
  const equality = EQUALITY.exec(term);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return { key, operator: operator === '!=' ? 'not-in' : 'in', values: [value] };
  }
  const set = SET.exec(term);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    if (values.some(value => value === '' || !new RegExp(`^${VALUE}$`).test(value))) return null;
    return { key, operator: operator === 'in' ? 'in' : 'not-in', values };
  }
  const presence = PRESENCE.exec(term);
  if (!presence) return null;
  const [, not, key = ''] = presence;
  return { key, operator: not ? 'absent' : 'exists', values: [] };
}

/** `env=dev,tier in (gold,silver),!old`: the syntax of `kubectl -l`. Throws `invalid` naming the term. */
export function parseLabelSelector(text: string, field = 'arraySelector'): LabelSelector {
  if (text.trim() === '') return [];
  return splitTerms(text).map(term => {
    const requirement = parseTerm(term);
    if (requirement) return requirement;
    throw new PsoError(
      'selector-invalid',
      `Parameter ${field}="${text}": "${term}" is no label expression.`,
      'Write e.g. env=dev, tier in (gold,silver), !old.',
    );
  });
}

function isMet({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'exists') return value !== undefined;
  if (operator === 'absent') return value === undefined;
  const isListed = value !== undefined && values.includes(value);
  return operator === 'in' ? isListed : !isListed;
}

/** The first term that the labels do not meet; null when all do. */
export const firstUnmet = (selector: LabelSelector, labels: Labels): Requirement | null =>
  selector.find(requirement => !isMet(requirement, labels)) ?? null;

export function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === 'absent') return `!${key}`;
  if (values.length === 1) return `${key}${operator === 'in' ? '=' : '!='}${values[0] ?? ''}`;
  return `${key} ${operator === 'in' ? 'in' : 'notin'} (${values.join(',')})`;
}
