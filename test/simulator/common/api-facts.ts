import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';

/** `t` type, `s` since, `u` until (exclusive), `p` properties of the object or of the array's elements. */
export interface PropertyFact {
  readonly t: string;
  readonly s: string;
  readonly u?: string;
  readonly p?: ShapeFact;
}
export type ShapeFact = Readonly<Record<string, PropertyFact>>;

interface OperationFact {
  readonly since: string;
  readonly params: Readonly<Record<string, { readonly t: string; readonly s: string }>>;
  readonly body?: string;
  readonly bodyIsArray?: boolean;
  readonly answer?: string;
  readonly envelope?: ShapeFact;
}

interface Facts {
  readonly versions: readonly string[];
  readonly operations: Readonly<Record<string, OperationFact>>;
  readonly shapes: Readonly<Record<string, ShapeFact>>;
}

/** `2.26` → 26. */
export function minorOf(version: string): number {
  return Number(version.slice(version.indexOf('.') + 1));
}

/** What an array knows whose newest version is that one; throws for a version that was never published. */
export function versionsUpTo(newest: string, published: readonly string[]): readonly string[] {
  if (!published.includes(newest)) throw new Error(`restVersion = "${newest}": no published REST version.`);
  return published.filter(version => minorOf(version) <= minorOf(newest));
}

/** Properties that exist in one version: name → type and, for objects, what is inside. */
export interface Shape {
  readonly properties: ReadonlyMap<string, { readonly type: string; readonly inner: Shape | null }>;
}

export interface Operation {
  /** Method and resource, e.g. `GET volumes/space`. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly body: Shape | null;
  readonly bodyIsArray: boolean;
  readonly answer: Shape | null;
  /** Type of the answer's `total`: `object`, `array:object`; null when it has none. */
  readonly total: string | null;
}

/** What one REST version knows. */
export class ApiVersion {
  readonly version: string;
  readonly minor: number;
  readonly operations: ReadonlyMap<string, Operation>;

  constructor(version: string, derived: Facts) {
    this.version = version;
    this.minor = minorOf(version);
    const shapes = new Map(Object.entries(derived.shapes).map(([name, fact]) => [name, this.#shape(fact)]));
    const operations = new Map<string, Operation>();
    for (const [name, fact] of Object.entries(derived.operations)) {
      if (minorOf(fact.since) > this.minor) continue;
      const parameters = Object.entries(fact.params).filter(([, { s }]) => minorOf(s) <= this.minor);
      operations.set(name, {
        name,
        parameters: new Map(parameters.map(([parameter, { t }]) => [parameter, t])),
        body: shapes.get(fact.body ?? '') ?? null,
        bodyIsArray: fact.bodyIsArray === true,
        answer: shapes.get(fact.answer ?? '') ?? null,
        total: fact.envelope?.total?.t ?? null,
      });
    }
    this.operations = operations;
  }

  #shape(fact: ShapeFact): Shape {
    const here = Object.entries(fact).filter(
      ([, { s, u }]) => minorOf(s) <= this.minor && (u === undefined || minorOf(u) > this.minor),
    );
    return {
      properties: new Map(
        here.map(([name, { t, p }]) => [name, { type: t, inner: p === undefined ? null : this.#shape(p) }]),
      ),
    };
  }
}

/** What all REST versions of one family know, read from its derived facts. */
export class ApiFacts {
  /** Ascending. */
  readonly versions: readonly string[];
  readonly newest: string;
  readonly #derived: Facts;
  readonly #known = new Map<string, ApiVersion>();

  /** `file`: an `api-facts.json` as scripts/derive-api.ts writes it. */
  constructor(file: string) {
    this.#derived = JSON.parse(readFileSync(file, 'utf8')) as Facts;
    this.versions = this.#derived.versions;
    this.newest = this.versions.at(-1) ?? '';
  }

  version(version: string): ApiVersion {
    const known = this.#known.get(version) ?? new ApiVersion(version, this.#derived);
    this.#known.set(version, known);
    return known;
  }
}

/** Leaves out what the version does not know yet. */
export function project(item: JsonObject, shape: Shape): JsonObject {
  const kept: Record<string, Json> = {};
  for (const [name, { inner }] of shape.properties) {
    const value = item[name];
    if (value !== undefined) kept[name] = inner === null ? value : projectInner(value, inner);
  }
  return kept;
}

function projectInner(value: Json, shape: Shape): Json {
  if (Array.isArray(value)) return value.map((element: Json) => projectInner(element, shape));
  return isObject(value) ? project(value, shape) : value;
}
