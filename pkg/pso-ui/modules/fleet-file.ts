import type { Field } from '../forms/field.ts';
import { type Change, changesBetween } from '../forms/values-diff.ts';
import { isList, isObject, type Json, type JsonObject, textOf, withoutValue, withValue } from '../forms/json.ts';
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

/** What differs between two states of an editor, by list and endpoint; secrets are in no draft. */
export function draftChanges(before: readonly ArrayDraft[], after: readonly ArrayDraft[]): readonly Change[] {
  const all = [...before, ...after.filter(({ id }) => before.every(draft => draft.id !== id))];
  return all.flatMap(({ id, list }) => {
    const [was, is] = [before, after].map(drafts => drafts.find(draft => draft.id === id)?.item);
    const name = textOf((was ?? is)?.MgmtEndPoint);
    const lift = (item: JsonObject | undefined): JsonObject => (item === undefined ? {} : { [name]: item });
    return changesBetween(lift(was), lift(is), [list]);
  });
}

/** The drafts in which the array of that endpoint gets no new volumes, or gets them again. */
export function withCordon(
  drafts: readonly ArrayDraft[],
  endpoint: string,
  isCordoned: boolean,
): readonly ArrayDraft[] {
  return drafts.map(draft => {
    if (textOf(draft.item.MgmtEndPoint) !== endpoint) return draft;
    const item = isCordoned ? withValue(draft.item, ['cordoned'], true) : withoutValue(draft.item, ['cordoned']);
    return { ...draft, item };
  });
}
