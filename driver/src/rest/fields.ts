import { malformed } from './failures.ts';

export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `items` of an answer; what is no list of objects is a broken answer, never an empty one. */
export function itemsOf(array: string, answer: Fields | null, isWrite: boolean): readonly Item[] {
  const items = answer?.items;
  if (!Array.isArray(items)) throw malformed(array, 'there is no list "items"', isWrite);
  return items.map((item: unknown) => {
    if (isFields(item)) return new Item(array, item, isWrite);
    throw malformed(array, 'an item is no object', isWrite);
  });
}

/** What a write gave back: one item. `complaint`: what is wrong with an answer that has none. */
export function writtenOf(array: string, answer: Fields | null, complaint: string): Item {
  const [first] = itemsOf(array, answer, true);
  if (first) return first;
  throw malformed(array, complaint, true);
}

/** Reads one item's fields; `isWrite` decides whether a broken answer leaves a write in doubt. */
export class Item {
  readonly #array: string;
  readonly #fields: Fields;
  readonly #isWrite: boolean;

  constructor(array: string, fields: Fields, isWrite: boolean) {
    this.#array = array;
    this.#fields = fields;
    this.#isWrite = isWrite;
  }

  /** A string that must be there. */
  text(key: string): string {
    const value = this.#fields[key];
    if (typeof value === 'string' && value !== '') return value;
    throw malformed(this.#array, `field ${key} is missing`, this.#isWrite);
  }

  textOrNull(key: string): string | null {
    const value = this.#fields[key];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** A number that must be there. */
  number(key: string): number {
    const value = this.numberOrNull(key);
    if (value !== null) return value;
    throw malformed(this.#array, `field ${key} is no number`, this.#isWrite);
  }

  /** Null, NaN and infinite values (idle arrays report them) become null. */
  numberOrNull(key: string): number | null {
    const value = this.#fields[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  flag(key: string): boolean {
    return this.#fields[key] === true;
  }

  /** Said to be false, not merely absent. */
  isFalse(key: string): boolean {
    return this.#fields[key] === false;
  }

  /** Sub-object; an absent or null one reads as empty. */
  object(key: string): Item {
    const value = this.#fields[key];
    return new Item(this.#array, isFields(value) ? value : {}, this.#isWrite);
  }

  /** `{name, id}` reference; unset ones are `{name: null}`. */
  reference(key: string): string | null {
    return this.object(key).textOrNull('name');
  }

  /** A list of objects that must be there. */
  items(key: string): readonly Item[] {
    return itemsOf(this.#array, { items: this.#fields[key] }, this.#isWrite);
  }

  texts(key: string): readonly string[] {
    const value = this.#fields[key];
    return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
  }
}
