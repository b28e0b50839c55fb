/** A day of busy provisioning; older repeats are caught by nothing but the doubt window. */
const MAX_MADE = 20_000;

/**
 * Which array has, or may have, a name: a repeat goes there and nowhere else. Only a hint for what was made; a name whose
 * create ended in doubt is kept until its array has answered.
 */
export class NamePins {
  readonly #doubtful = new Map<string, string>();
  readonly #made = new Map<string, string>();

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
    this.#doubtful.delete(name);
    this.#made.set(name, endpoint);
    if (this.#made.size <= MAX_MADE) return;
    const [oldest] = this.#made.keys();
    if (oldest !== undefined) this.#made.delete(oldest);
  }

  forget(name: string): void {
    this.#doubtful.delete(name);
    this.#made.delete(name);
  }
}
