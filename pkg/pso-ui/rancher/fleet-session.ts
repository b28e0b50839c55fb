import { type Ref, shallowRef } from 'vue';
import { isObject, type Json, type JsonObject } from '../forms/json.ts';
import { check, type Problem } from '../forms/check.ts';
import { checkBody, type CheckBody } from '../modules/array-check.ts';
import { DEFAULT_SECRET, fleetInValues, fleetPlace, moveToSecret } from '../modules/credentials.ts';
import type { Change } from '../forms/values-diff.ts';
import {
  type ArrayDraft,
  closeFleet,
  draftChanges,
  type FleetSecrets,
  nameOf,
  newDraft,
  openFleet,
  withCordon,
} from '../modules/fleet-file.ts';
import { type FleetSource, readFleetFile, writeFleetFile } from './fleet-access.ts';
import { fleetLists } from './model.ts';
import type { Store } from './store.ts';

/**
 * The arrays while somebody edits them. Tokens stay in private maps that Vue does not watch: no component, no
 * dev tool and no stored state shows them, and typed ones are forgotten once the Secret is written.
 */
export class FleetSession {
  /** Replaced as a whole by every edit. */
  readonly drafts: Ref<readonly ArrayDraft[]> = shallowRef([]);
  /** Whether an edit waits for `save`. */
  readonly isChanged: Ref<boolean> = shallowRef(false);
  readonly namespace: string;
  readonly secretName: string;
  /** Arrays stand in the values, tokens and all; saving moves them. */
  readonly isInValues: boolean;
  #source: FleetSource;
  #secrets: FleetSecrets = new Map();
  #opened: readonly ArrayDraft[] = [];
  #typed = new Map<string, JsonObject>();
  /** Counts typed secrets: what depends on whether there is one must notice, and not what it is. */
  readonly #edits: Ref<number> = shallowRef(0);

  private constructor(namespace: string, secretName: string, source: FleetSource, isInValues: boolean) {
    this.namespace = namespace;
    this.secretName = secretName;
    this.isInValues = isInValues;
    this.#source = source;
    this.reopen();
  }

  static async open(store: Store, namespace: string, values: JsonObject): Promise<FleetSession> {
    const place = fleetPlace(values);
    if (place.kind === 'secret') {
      const source = await readFleetFile(store, namespace, place.name);
      return new FleetSession(namespace, place.name, source, false);
    }
    const name = await freeName(store, namespace);
    return new FleetSession(namespace, name, { file: fleetInValues(values, fleetLists), revision: null }, true);
  }

  private reopen(): void {
    const { drafts, secrets } = openFleet(this.#source.file, fleetLists);
    this.drafts.value = drafts;
    this.#opened = drafts;
    this.#secrets = secrets;
    this.#typed = new Map();
    this.isChanged.value = false;
  }

  add(list: string): void {
    this.replace([...this.drafts.value, newDraft(list, this.drafts.value)]);
  }

  remove(id: string): void {
    this.#typed.delete(id);
    this.replace(this.drafts.value.filter(draft => draft.id !== id));
  }

  edit(id: string, item: JsonObject): void {
    this.replace(this.drafts.value.map(draft => (draft.id === id ? { ...draft, item } : draft)));
  }

  cordon(endpoint: string, isCordoned: boolean): void {
    this.replace(withCordon(this.drafts.value, endpoint, isCordoned));
  }

  /** What a save would change in the Secret, without any secret. */
  get changes(): readonly Change[] {
    return draftChanges(this.#opened, this.drafts.value);
  }

  /** An empty text keeps the token that the Secret holds. */
  typeSecret(id: string, key: string, text: string): void {
    const others = Object.entries(this.#typed.get(id) ?? {}).filter(([name]) => name !== key);
    this.#typed.set(id, Object.fromEntries(text === '' ? others : [...others, [key, text]]));
    this.#edits.value += 1;
    this.isChanged.value = true;
  }

  private replace(drafts: readonly ArrayDraft[]): void {
    this.drafts.value = drafts;
    this.isChanged.value = true;
  }

  private toFile(): JsonObject {
    const open = { drafts: this.drafts.value, secrets: this.#secrets };
    return closeFleet(this.#source.file, open, this.#typed, fleetLists);
  }

  /** What the driver would refuse, by draft; messages never hold values. */
  problems(id: string): readonly Problem[] {
    void this.#edits.value;
    const draft = this.drafts.value.find(candidate => candidate.id === id);
    const field = fleetLists.find(candidate => nameOf(candidate) === draft?.list);
    const items = field?.schema.items;
    if (!draft || !items) return [];
    return check(items, { ...draft.item, ...this.#secrets.get(id), ...this.#typed.get(id) });
  }

  /** One array with the token that was typed, for a look at it before anything is saved; null while it is not complete. */
  toCheck(id: string): CheckBody | null {
    const draft = this.drafts.value.find(candidate => candidate.id === id);
    if (!draft || this.problems(id).length > 0) return null;
    return checkBody(draft.list, draft.item, this.#typed.get(id));
  }

  /** Changes with each edit of the array, and with each letter of a secret, of which it holds nothing. */
  editionOf(id: string): string {
    const draft = this.drafts.value.find(candidate => candidate.id === id);
    return JSON.stringify([draft?.item ?? null, this.#edits.value]);
  }

  get hasProblems(): boolean {
    return this.drafts.value.some(draft => this.problems(draft.id).length > 0);
  }

  /** The values to save beside: unchanged when a Secret holds the fleet already, or when there is no array at all. */
  valuesFor(userValues: JsonObject): JsonObject {
    const isEmpty = this.drafts.value.length === 0 && Object.keys(this.#source.file).length === 0;
    return !this.isInValues || isEmpty ? userValues : moveToSecret(userValues, fleetLists, this.secretName);
  }

  /** Writes the Secret if it has anything new, and forgets what was typed. */
  async save(store: Store): Promise<void> {
    const file = this.toFile();
    const isNeeded = this.isChanged.value || (this.isInValues && Object.values(file).some(hasItems));
    if (!isNeeded) return;
    await writeFleetFile(store, this.namespace, this.secretName, { file, revision: this.#source.revision });
    this.#source = await readFleetFile(store, this.namespace, this.secretName);
    this.reopen();
  }
}

const hasItems = (value: Json): boolean => (Array.isArray(value) ? value.length > 0 : isObject(value));

/** A Secret that nobody's values name may belong to somebody: it is never overwritten. */
async function freeName(store: Store, namespace: string): Promise<string> {
  for (let number = 1; number < 100; number += 1) {
    const name = number === 1 ? DEFAULT_SECRET : `${DEFAULT_SECRET}-${number}`;
    const { revision } = await readFleetFile(store, namespace, name).catch(() => ({ revision: 'taken' }));
    if (revision === null) return name;
  }
  throw new Error(`Namespace ${namespace} holds 99 Secrets ${DEFAULT_SECRET}-*: delete those that no release uses.`);
}
