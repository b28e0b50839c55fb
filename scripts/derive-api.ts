/**
 * Derives facts about the REST APIs (routes, parameters, property names and types, since which version) from the
 * vendor's OpenAPI files, for the simulators. The vendor's files are not part of this repository.
 *
 *   node scripts/derive-api.ts FOLDER     FOLDER holds spec/{FA,FB}2.*.spec.yaml, csi-availability-matrix.json,
 *                                         samples/{flasharray,flashblade}/
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Family } from './api-families.ts';
import { FAMILIES } from './api-families.ts';

/** Type, since, until (exclusive; absent: still there), properties of an object or of an array's elements. */
interface PropertyFact {
  t: string;
  s: string;
  u?: string;
  p?: ShapeFact;
}
type ShapeFact = Record<string, PropertyFact>;

interface OperationFact {
  since: string;
  params: Record<string, { t: string; s: string }>;
  body?: string;
  bodyIsArray?: true;
  answer?: string;
  envelope?: ShapeFact;
}

interface DerivedFacts {
  versions: string[];
  operations: Record<string, OperationFact>;
  shapes: Record<string, ShapeFact>;
}

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}
const schemaType: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.string().optional(),
    format: z.string().optional(),
    properties: z.record(z.string(), schemaType).optional(),
    items: schemaType.optional(),
    allOf: z.array(schemaType).optional(),
    oneOf: z.array(schemaType).optional(),
    anyOf: z.array(schemaType).optional(),
  }),
) as z.ZodType<Schema>;

const contentType = z.object({ content: z.record(z.string(), z.object({ schema: schemaType.optional() })).optional() });
const parameterType = z.object({
  $ref: z.string().optional(),
  name: z.string().optional(),
  in: z.string().optional(),
  schema: schemaType.optional(),
});
const operationType = z.object({
  parameters: z.array(parameterType).optional(),
  requestBody: z.union([contentType, z.object({ $ref: z.string() })]).optional(),
  responses: z.record(z.string(), contentType).optional(),
});
const specType = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    schemas: z.record(z.string(), schemaType),
    parameters: z.record(z.string(), parameterType),
    responses: z.record(z.string(), contentType).optional(),
    requestBodies: z.record(z.string(), contentType).optional(),
  }),
});
const familyMatrixType = z.object({
  versions: z.array(z.string()),
  operations: z.record(z.string(), z.object({ since: z.string(), params: z.record(z.string(), z.string()) })),
  schema_property_since: z.record(z.string(), z.record(z.string(), z.string())),
});
const matrixType = z.object({ FA: familyMatrixType, FB: familyMatrixType });

type Matrix = z.infer<typeof familyMatrixType>;

interface SpecFile {
  version: string;
  spec: z.infer<typeof specType>;
}

function refName(schema: { $ref?: string | undefined }): string {
  return (schema.$ref ?? '').split('/').at(-1) ?? '';
}

/** Copies what one version says into the merged facts; versions come oldest first. */
class Deriver {
  readonly facts: DerivedFacts;
  readonly #family: Family;
  readonly #matrix: Matrix;
  readonly #firstVersion: string;
  /** Of a run before: schemas were renamed between versions, and one operation's shape goes by its newest name. */
  readonly #newest: Record<string, OperationFact>;

  constructor(family: Family, matrix: Matrix, firstVersion: string, newest: Record<string, OperationFact>) {
    this.#family = family;
    this.#newest = newest;
    this.#matrix = matrix;
    this.#firstVersion = firstVersion;
    this.facts = { versions: matrix.versions, operations: {}, shapes: {} };
  }

  add(file: SpecFile): void {
    const seenShapes = new Map<string, ShapeFact>();
    for (const [url, methods] of Object.entries(file.spec.paths)) {
      const resource = url.replace(/^\/api\/[\d.]+\//, '');
      if (!this.#family.resources.includes(resource)) continue;
      for (const method of METHODS) {
        const name = `${method.toUpperCase()} ${resource}`;
        if (methods[method] !== undefined && !this.#family.leftOut.has(name)) {
          this.#operation(name, operationType.parse(methods[method]), file, seenShapes);
        }
      }
    }
    for (const [name, shape] of seenShapes)
      this.#mergeShape(name, this.#dateNewShape(name, shape, file.version), file.version);
    this.#previous = file.version;
  }

  /** A shape that no file had before is as old as the operation that brought it. */
  #dateNewShape(name: string, shape: ShapeFact, version: string): ShapeFact {
    if (this.facts.shapes[name] !== undefined) return shape;
    const sinces = Object.values(this.facts.operations)
      .filter(({ body, answer }) => body === name || answer === name)
      .map(({ since }) => since)
      .filter(since => minorOf(since) > minorOf(this.#previous));
    const [first = version] = sinces.sort((a, b) => minorOf(a) - minorOf(b));
    return Object.fromEntries(
      Object.entries(shape).map(([key, fact]) => [
        key,
        fact.s === version ? inherit({ ...fact, s: first }, version) : fact,
      ]),
    );
  }

  /** The file read before this one: what it lacked cannot be older than it. */
  #previous = '2.0';

  #since(version: string): string {
    return version === this.#firstVersion ? '2.0' : version;
  }

  #operation(
    name: string,
    operation: z.infer<typeof operationType>,
    file: SpecFile,
    seenShapes: Map<string, ShapeFact>,
  ): void {
    const known = this.#matrix.operations[name.replace(' ', ' /')];
    const fact = (this.facts.operations[name] ??= { since: known?.since ?? this.#since(file.version), params: {} });
    for (const entry of operation.parameters ?? []) {
      const parameter = entry.$ref === undefined ? entry : file.spec.components.parameters[refName(entry)];
      if (parameter?.name === undefined || parameter.in !== 'query') continue;
      const type = this.#type(parameter.schema ?? {}, file);
      fact.params[parameter.name] ??= { t: type, s: known?.params[parameter.name] ?? this.#since(file.version) };
    }
    this.#body(name, fact, operation, file, seenShapes);
    this.#answer(name, fact, operation, file, seenShapes);
  }

  #body(
    name: string,
    fact: OperationFact,
    operation: z.infer<typeof operationType>,
    file: SpecFile,
    seenShapes: Map<string, ShapeFact>,
  ): void {
    const given = operation.requestBody;
    if (given === undefined) return;
    const body = '$ref' in given ? file.spec.components.requestBodies?.[refName(given)] : given;
    let schema = body?.content?.['application/json']?.schema;
    if (schema === undefined) return;
    const target = schema.$ref === undefined ? schema : file.spec.components.schemas[refName(schema)];
    if (target?.type === 'array' && target.items !== undefined) {
      fact.bodyIsArray = true;
      schema = target.items;
    }
    fact.body = this.#newest[name]?.body ?? refName(schema);
    seenShapes.set(fact.body, this.#shape(schema, file, 0));
  }

  #answer(
    name: string,
    fact: OperationFact,
    operation: z.infer<typeof operationType>,
    file: SpecFile,
    seenShapes: Map<string, ShapeFact>,
  ): void {
    const schema = operation.responses?.['200']?.content?.['application/json']?.schema;
    if (schema === undefined) return;
    const properties = this.#properties(schema, file);
    const item = properties.items?.items;
    if (item !== undefined) {
      fact.answer = this.#newest[name]?.answer ?? refName(item);
      seenShapes.set(fact.answer, this.#shape(item, file, 0));
    }
    fact.envelope ??= {};
    for (const key of Object.keys(properties)) {
      fact.envelope[key] ??= { t: this.#type(properties[key] ?? {}, file), s: this.#since(file.version) };
    }
  }

  #properties(schema: Schema, file: SpecFile): Record<string, Schema> {
    const found: Record<string, Schema> = {};
    if (schema.$ref !== undefined)
      Object.assign(found, this.#properties(file.spec.components.schemas[refName(schema)] ?? {}, file));
    for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) {
      Object.assign(found, this.#properties(part, file));
    }
    return Object.assign(found, schema.properties);
  }

  #type(schema: Schema, file: SpecFile): string {
    if (schema.$ref !== undefined) return this.#type(file.spec.components.schemas[refName(schema)] ?? {}, file);
    if (schema.allOf !== undefined)
      return schema.allOf.map(part => this.#type(part, file)).find(t => t !== 'any') ?? 'object';
    if (schema.oneOf !== undefined || schema.anyOf !== undefined) return 'any';
    if (schema.type === 'array') return `array:${this.#type(schema.items ?? {}, file)}`;
    return schema.type ?? (schema.properties === undefined ? 'any' : 'object');
  }

  #shape(schema: Schema, file: SpecFile, depth: number): ShapeFact {
    const shape: ShapeFact = {};
    const known = this.#matrix.schema_property_since[refName(schema)];
    for (const [name, property] of Object.entries(this.#properties(schema, file))) {
      const type = this.#type(property, file);
      const fact: PropertyFact = { t: type, s: known?.[name] ?? this.#since(file.version) };
      const inner = type === 'array:object' ? this.#elements(property, file) : property;
      if (depth < 4 && type.endsWith('object')) {
        const nested = this.#shape(inner, file, depth + 1);
        if (name === 'space') this.#datePropertiesOfSpace(nested, file.version);
        if (Object.keys(nested).length > 0) fact.p = nested;
      }
      shape[name] = fact;
    }
    return shape;
  }

  /** `space` hides behind many schema names; the matrix dates the properties of one of them. */
  #datePropertiesOfSpace(shape: ShapeFact, version: string): void {
    const known = this.#matrix.schema_property_since.Space ?? {};
    for (const [name, fact] of Object.entries(shape)) {
      const since = known[name];
      if (fact.s === version && since !== undefined && minorOf(since) > minorOf(this.#previous)) fact.s = since;
    }
  }

  #elements(schema: Schema, file: SpecFile): Schema {
    if (schema.items !== undefined) return schema.items;
    const target = schema.$ref === undefined ? undefined : file.spec.components.schemas[refName(schema)];
    return target === undefined ? {} : this.#elements(target, file);
  }

  #mergeShape(name: string, fresh: ShapeFact, version: string): void {
    this.facts.shapes[name] = mergeShapes(this.facts.shapes[name], fresh, version);
  }
}

function mergeShapes(older: ShapeFact | undefined, newer: ShapeFact, version: string): ShapeFact {
  if (older === undefined) return Object.fromEntries(Object.entries(newer).map(([k, v]) => [k, inherit(v, version)]));
  const merged: ShapeFact = {};
  for (const [name, fact] of Object.entries(older)) {
    const now = newer[name];
    merged[name] = now === undefined ? { ...fact, u: fact.u ?? version } : mergeProperty(fact, now, version);
  }
  for (const [name, fact] of Object.entries(newer)) merged[name] ??= inherit(fact, version);
  return merged;
}

/** What is inside a property is as old as the property, when both are first seen in one file. */
function inherit(fact: PropertyFact, version: string): PropertyFact {
  if (fact.p === undefined) return fact;
  const nested = Object.entries(fact.p).map(([name, inner]): [string, PropertyFact] => [
    name,
    inherit(inner.s === version ? { ...inner, s: fact.s } : inner, version),
  ]);
  return { ...fact, p: Object.fromEntries(nested) };
}

function mergeProperty(older: PropertyFact, newer: PropertyFact, version: string): PropertyFact {
  const fact: PropertyFact = { t: older.t === newer.t ? newer.t : 'any', s: older.s };
  const nested = newer.p === undefined ? older.p : mergeShapes(older.p, newer.p, version);
  if (nested !== undefined) fact.p = nested;
  return fact;
}

/** Key sets of real answers: `{"volumes": {"items": [...], "items.space": [...]}}`, names only. */
function goldenKeys(folder: string): Record<string, Record<string, string[]>> {
  const golden: Record<string, Record<string, string[]>> = {};
  for (const file of readdirSync(folder).sort()) {
    const sample: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    const sets = new Map<string, Set<string>>();
    collectKeys(sample, '', sets);
    golden[file.replace(/\.json$/, '')] = Object.fromEntries(
      [...sets].map(([place, keys]) => [place, [...keys].sort()]),
    );
  }
  return golden;
}

function collectKeys(value: unknown, place: string, sets: Map<string, Set<string>>): void {
  if (Array.isArray(value)) {
    for (const element of value) collectKeys(element, place, sets);
  } else if (typeof value === 'object' && value !== null) {
    const keys = sets.get(place) ?? new Set<string>();
    sets.set(place, keys);
    for (const [key, inner] of Object.entries(value)) {
      keys.add(key);
      collectKeys(inner, place === '' ? key : `${place}.${key}`, sets);
    }
  }
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

/** One property or operation a line: small enough, and a new version shows as a readable diff. */
function compact(value: DerivedFacts | Record<string, unknown>): string {
  const lines = Object.entries(value).map(([section, content]) => {
    if (Array.isArray(content)) return `${JSON.stringify(section)}: ${JSON.stringify(content)}`;
    const rows = Object.entries(content as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${JSON.stringify(section)}: {\n${rows.map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`).join(',\n')}\n}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

function deriveFamily(folder: string, family: Family, matrix: Matrix): void {
  const pattern = new RegExp(`^${family.key}(2\\.\\d+)\\.spec\\.yaml$`);
  const versions = readdirSync(path.join(folder, 'spec'))
    .map(file => pattern.exec(file)?.[1])
    .filter(version => version !== undefined)
    .sort((a, b) => minorOf(a) - minorOf(b));
  const files = versions.map(version => {
    const text = readFileSync(path.join(folder, 'spec', `${family.key}${version}.spec.yaml`), 'utf8');
    return { version, spec: specType.parse(parse(text)) };
  });
  const derive = (newest: Record<string, OperationFact>): DerivedFacts => {
    const deriver = new Deriver(family, matrix, versions[0] ?? '2.0', newest);
    for (const file of files) deriver.add(file);
    return deriver.facts;
  };
  const facts = derive(derive({}).operations);
  const target = path.join(import.meta.dirname, '../test/simulator', family.folder, 'derived');
  writeFileSync(path.join(target, 'api-facts.json'), compact(facts));
  const golden = goldenKeys(path.join(folder, 'samples', family.folder));
  writeFileSync(path.join(target, 'golden-keys.json'), compact({ answers: golden }));
}

function main(): void {
  const { positionals } = parseArgs({ allowPositionals: true });
  const folder = positionals[0] ?? process.env.PURE_OPENAPI;
  if (folder === undefined) throw new Error('Give the folder of the vendor’s OpenAPI files (or set PURE_OPENAPI).');
  const matrix = matrixType.parse(JSON.parse(readFileSync(path.join(folder, 'csi-availability-matrix.json'), 'utf8')));
  for (const family of FAMILIES) deriveFamily(folder, family, matrix[family.key]);
}

main();
