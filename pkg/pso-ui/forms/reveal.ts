import type { FormModel } from './form-model.ts';
import { isEqual, isList, isObject, type Json, type JsonObject, type Path } from './json.ts';
import { CONCEALED, concealSecrets, secretNames } from './secrets.ts';

export interface Revealed {
  readonly values: JsonObject;
  /** Places that are still concealed, because nothing tells whose secret stood there: not to be written. */
  readonly doubtful: readonly Path[];
}

/** What tells arrays apart. */
const IDENTITY = 'MgmtEndPoint';

/**
 * The inverse of `concealSecrets`, for text that somebody edited: a concealed place that was left as it was gets the
 * secret that `kept` holds there, one that was typed new is taken. Entries of lists are told apart by what they say, not
 * by where they stand: a token must not come to another array because a line above it went.
 */
export function revealSecrets(model: FormModel, typed: JsonObject, kept: JsonObject): Revealed {
  const reveal = new Reveal(model);
  const values = reveal.object(typed, kept, []);
  return { values, doubtful: reveal.doubtful };
}

class Reveal {
  readonly doubtful: Path[] = [];
  readonly #model: FormModel;
  readonly #names: ReadonlySet<string>;

  constructor(model: FormModel) {
    this.#model = model;
    this.#names = secretNames(model.fields);
  }

  object(typed: JsonObject, kept: Json | undefined, path: Path): JsonObject {
    return Object.fromEntries(
      Object.entries(typed).map(([key, value]) => {
        const before = isObject(kept) && Object.hasOwn(kept, key) ? kept[key] : undefined;
        const inner = [...path, key];
        return [
          key,
          this.#names.has(key.toLowerCase()) ? this.secret(value, before, inner) : this.any(value, before, inner),
        ];
      }),
    );
  }

  private any(typed: Json, kept: Json | undefined, path: Path): Json {
    if (isList(typed)) return this.list(typed, isList(kept) ? kept : [], path);
    if (isObject(typed)) return this.object(typed, kept, path);
    // The key was renamed, or the text moved: written as it is, what hides the secret would take its place.
    if (typeof typed === 'string' && typed.includes(CONCEALED) && typed !== kept) this.doubtful.push(path);
    return typed;
  }

  private secret(typed: Json, kept: Json | undefined, path: Path): Json {
    if (typed !== CONCEALED) {
      if (typeof typed === 'object') return this.any(typed, kept, path);
      // Half of what hides a secret is no secret.
      if (typeof typed === 'string' && typed.includes('•')) this.doubtful.push(path);
      return typed;
    }
    if (kept === undefined || kept === null || kept === '') this.doubtful.push(path);
    return kept ?? typed;
  }

  private list(typed: readonly Json[], kept: readonly Json[], path: Path): Json {
    const hidden = kept.map(item => this.conceal(item));
    if (isEqual(typed, hidden)) return kept;
    return typed.map((item, index) => this.any(item, this.origin(item, typed, kept, hidden), [...path, String(index)]));
  }

  /** The entry of old that this one is; undefined when none or more than one could be. */
  private origin(item: Json, typed: readonly Json[], kept: readonly Json[], hidden: readonly Json[]): Json | undefined {
    const same = kept.filter((_, index) => isEqual(hidden[index], item));
    if (same.length > 0) return same.every(other => isEqual(other, same[0])) ? same[0] : undefined;
    const name = nameOf(item);
    if (name === undefined || typed.filter(other => isEqual(nameOf(other), name)).length > 1) return undefined;
    const named = kept.filter(other => isEqual(nameOf(other), name));
    return named.length === 1 ? named[0] : undefined;
  }

  private conceal(item: Json): Json {
    return concealSecrets(this.#model, { item })['item'] ?? null;
  }
}

const nameOf = (item: Json): Json | undefined =>
  isObject(item) && Object.hasOwn(item, IDENTITY) ? item[IDENTITY] : undefined;
