import type { Field } from '../forms/field.ts';
import { isList, isObject, type Json, type JsonObject, withValue } from '../forms/json.ts';
import { secretNames } from '../forms/secrets.ts';

/**
 * `pure.json`, as PSO's Secret holds it: lists of arrays with their tokens. The editor works on drafts without
 * secrets; those stay in a map that no component renders, and are joined again when the Secret is written.
 */
export interface ArrayDraft {
  /** Stable while the editor is open, e.g. `FlashArrays/0`. */
  readonly id: string;
  /** Key of the list, e.g. `FlashArrays`. */
  readonly list: string;
  /** The item without its secret keys. Unknown keys are kept. */
  readonly item: JsonObject;
  /** Whether the file holds a secret for it already. */
  readonly hasSecret: boolean;
}

/** Secret keys by the draft's id. */
export type FleetSecrets = ReadonlyMap<string, JsonObject>;

export interface OpenFleet {
  readonly drafts: readonly ArrayDraft[];
  readonly secrets: FleetSecrets;
}

/** `lists` are the fields of kind `items` below `arrays`. What is no object in a list is left to `closeFleet`. */
export function openFleet(file: JsonObject, lists: readonly Field[]): OpenFleet {
  const drafts: ArrayDraft[] = [];
  const secrets = new Map<string, JsonObject>();
  for (const field of lists) {
    const list = nameOf(field);
    const names = secretNames(field.item);
    itemsOf(file, list).forEach((item, index) => {
      if (!isObject(item)) return;
      const id = `${list}/${index}`;
      const [secret, open] = split(item, key => names.has(key.toLowerCase()));
      secrets.set(id, secret);
      drafts.push({ id, list, item: open, hasSecret: Object.values(secret).some(value => Boolean(value)) });
    });
  }
  return { drafts, secrets };
}

/** Last key of the field's path: the key in `pure.json`. */
export const nameOf = (field: Field): string => field.path.at(-1) ?? '';

const itemsOf = (file: JsonObject, list: string): readonly Json[] => {
  const items = Object.hasOwn(file, list) ? file[list] : undefined;
  return isList(items) ? items : [];
};

function split(item: JsonObject, isSecret: (key: string) => boolean): readonly [JsonObject, JsonObject] {
  const entries = Object.entries(item);
  return [
    Object.fromEntries(entries.filter(([key]) => isSecret(key))),
    Object.fromEntries(entries.filter(([key]) => !isSecret(key))),
  ];
}

/**
 * The file with these drafts: `typed` secrets win over the kept ones, other keys of the file stay, a list that had
 * no array and gets none is not added.
 */
export function closeFleet(
  file: JsonObject,
  { drafts, secrets }: OpenFleet,
  typed: FleetSecrets,
  lists: readonly Field[],
): JsonObject {
  return lists.map(nameOf).reduce<JsonObject>((next, list) => {
    const items = drafts
      .filter(draft => draft.list === list)
      .map(({ id, item }): JsonObject => ({ ...item, ...secrets.get(id), ...typed.get(id) }));
    const strangers = itemsOf(file, list).filter(item => !isObject(item));
    const all = [...items, ...strangers];
    return all.length > 0 || Object.hasOwn(file, list) ? withValue(next, [list], all) : next;
  }, file);
}

/** An id that no draft has. */
export function newDraft(list: string, drafts: readonly ArrayDraft[], item: JsonObject = {}): ArrayDraft {
  const numbers = drafts.filter(draft => draft.list === list).map(({ id }) => Number(id.slice(list.length + 1)));
  return { id: `${list}/${Math.max(-1, ...numbers) + 1}`, list, item, hasSecret: false };
}
