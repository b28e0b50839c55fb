import { RestError } from './rest-error.ts';

/** Object names as the array has them, with `pod::`, `group/` and `.suffix`; no wildcard, comma or quote can pass. */
const NAME = /^[A-Za-z0-9][\w:./-]{0,255}$/;

function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw new RestError(
    'rejected',
    `"${name}" cannot be the name of an object on an array.`,
    'Use letters, digits and -.',
  );
}

export type QueryValue = string | number | boolean | readonly string[] | null;

/** `{names: ['a','b'], limit: 5}` → `?names=a%2Cb&limit=5`; null values are left out. Lists must hold names. */
export function query(values: Readonly<Record<string, QueryValue>>): string {
  const pairs = Object.entries(values).flatMap(([key, value]) => {
    if (value === null) return [];
    const text = typeof value === 'object' ? value.map(checked).join(',') : String(value);
    return [`${key}=${encodeURIComponent(text)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** `'text'` for a filter. Quotes and backslashes are refused: no identifier of ours has any. */
export function quote(text: string): string {
  if (!/['"\\]|\p{Cc}/u.test(text)) return `'${text}'`;
  throw new RestError('rejected', `"${text}" cannot be searched for on an array.`, 'Use letters, digits, -, . and :.');
}
