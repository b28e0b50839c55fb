import * as fc from 'fast-check';
import type { Json, JsonObject } from '../forms/json.ts';
import { alternatives, hasType, type JsonSchema } from '../forms/json-schema.ts';

const KEY = fc.constantFrom('a', 'env', 'topology.purestorage.com/zone', 'constructor', '__proto__', '');
const SCALAR = fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.boolean(), fc.constant(null));

/** Any JSON, as unknown keys may hold. */
const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>(tie => ({
  json: fc.oneof(
    { depthSize: 'small' },
    SCALAR,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.array(fc.tuple(KEY, tie('json')), { maxLength: 3 }).map(entries => Object.fromEntries(entries) as Json),
  ),
})).json;

/** Values of the types that the schema asks for, every key optional, null allowed, unknown keys among them. */
export function arbitraryValues(schema: JsonSchema): fc.Arbitrary<JsonObject> {
  return objectOf(schema).map(value => value as JsonObject);
}

function valueOf(schema: JsonSchema): fc.Arbitrary<Json> {
  const options = alternatives(schema);
  return options.length === 0 ? anyJson : fc.oneof(fc.constant(null), ...options.map(oneType));
}

function oneType(schema: JsonSchema): fc.Arbitrary<Json> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (hasType(schema, 'boolean')) return fc.boolean();
  if (hasType(schema, 'integer')) return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
  if (hasType(schema, 'number'))
    return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e6, noNaN: true });
  if (hasType(schema, 'array')) return fc.array(schema.items ? valueOf(schema.items) : anyJson, { maxLength: 3 });
  if (hasType(schema, 'object')) return objectOf(schema);
  return fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('a,b', ' a , b ', '007', 'true', ''));
}

function objectOf(schema: JsonSchema): fc.Arbitrary<Json> {
  const known = Object.entries(schema.properties ?? {}).map(([key, inner]) =>
    fc.tuple(fc.constant(key), valueOf(inner)),
  );
  const extra = typeof schema.additionalProperties === 'object' ? valueOf(schema.additionalProperties) : anyJson;
  const unknown = fc.array(fc.tuple(KEY, extra), { maxLength: 2 });
  const some = known.map(entry => fc.option(entry, { freq: 2 }));
  return fc
    .tuple(fc.tuple(...some), unknown)
    .map(([entries, others]) => Object.fromEntries([...entries.filter(entry => entry !== null), ...others]));
}
