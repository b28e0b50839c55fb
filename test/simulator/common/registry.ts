export interface Identified {
  readonly id: string;
  name: string;
}

/** Objects by id (in order of creation) and by name, whatever its case. A destroyed object keeps its name. */
export class Registry<Item extends Identified> {
  readonly #byId = new Map<string, Item>();
  readonly #byName = new Map<string, Item>();

  get size(): number {
    return this.#byId.size;
  }

  values(): Iterable<Item> {
    return this.#byId.values();
  }

  find(name: string): Item | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  findId(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  add(item: Item): void {
    this.#byId.set(item.id, item);
    this.#byName.set(item.name.toLowerCase(), item);
  }

  /** `oldName`, when another registry that holds the item was told before. */
  rename(item: Item, name: string, oldName = item.name): void {
    this.#byName.delete(oldName.toLowerCase());
    item.name = name;
    this.#byName.set(name.toLowerCase(), item);
  }

  remove(item: Item): void {
    this.#byId.delete(item.id);
    if (this.#byName.get(item.name.toLowerCase()) === item) this.#byName.delete(item.name.toLowerCase());
  }
}
