import { refuse } from './api-error.ts';

/** Query parameters of one call, already checked against the version's list. */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  static parse(text: string): Query {
    const values = new Map<string, string>();
    if (text !== '') for (const [name, value] of new URLSearchParams(text)) values.set(name, value);
    return new Query(values);
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }

  /** The same call without some parameters. */
  without(names: readonly string[]): Query {
    return new Query(new Map([...this.#values].filter(([name]) => !names.includes(name))));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Comma separated; undefined when absent or empty. */
  list(name: string): readonly string[] | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === '') return undefined;
    return value.split(',').map(part => (part.startsWith("'") && part.endsWith("'") ? part.slice(1, -1) : part));
  }

  /** As `list`, but must be there. */
  required(name: string): readonly string[] {
    const values = this.list(name);
    if (values === undefined) throw refuse(`Missing required parameter: ${name}.`);
    return values;
  }

  flag(name: string): boolean | undefined {
    const value = this.#values.get(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') throw refuse(`Invalid value for parameter: ${name}.`, value);
    return value === 'true';
  }

  integer(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,15}$/.test(value)) throw refuse(`Invalid value for parameter: ${name}.`, value);
    return Number(value);
  }
}
