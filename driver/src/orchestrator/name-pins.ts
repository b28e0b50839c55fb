/** A day of busy provisioning; older repeats are caught by nothing but the doubt window. */
const MAX_MADE = 20_000;
/** Claims that somebody gives up are never asked for again. */
const MAX_UNSETTLED = 20_000;

/**
 * Which array has, or may have, a name: a repeat goes there and nowhere else. Only a hint for what was made; a name whose
 * create ended in doubt is kept until its array has answered, and one that no array could be found for, for lack of answers,
 * until all have answered.
 */
export class NamePins {
  readonly #doubtful = new Map<string, string>();
  readonly #made = new Map<string, string>();
  readonly #unsettled = new Set<string>();

  endpointOf(name: string): string | null {
    return this.#doubtful.get(name) ?? this.#made.get(name) ?? null;
  }

  isDoubtful(name: string): boolean {
    return this.#doubtful.has(name);
  }

  doubt(name: string, endpoint: string): void {
    this.#doubtful.set(name, endpoint);
  }

  made(name: string, endpoint: string): void {
    this.forget(name);
    this.#made.set(name, endpoint);
    dropOldest(this.#made, MAX_MADE);
  }

  /** It was asked where the name is, and not every array that may have it could say. */
  unsettled(name: string): void {
    this.#unsettled.add(name);
    dropOldest(this.#unsettled, MAX_UNSETTLED);
  }

  isUnsettled(name: string): boolean {
    return this.#unsettled.has(name);
  }

  forget(name: string): void {
    this.#doubtful.delete(name);
    this.#made.delete(name);
    this.#unsettled.delete(name);
  }
}

function dropOldest(
  names: Pick<Map<string, unknown>, 'size' | 'delete'> & { keys(): Iterable<string> },
  max: number,
): void {
  if (names.size <= max) return;
  const [oldest] = names.keys();
  if (oldest !== undefined) names.delete(oldest);
}
