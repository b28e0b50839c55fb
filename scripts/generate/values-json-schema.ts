import { z } from 'zod';
import { valuesSchema } from '../../driver/src/config/values-schema.ts';

/** The part of JSON Schema draft 7 that zod writes for our values. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
  readonly pattern?: string;
  readonly secret?: boolean;
  readonly [key: string]: unknown;
}

const isNull = (schema: JsonSchema): boolean => schema.type === 'null';

/** `anyOf: [X, null]` becomes X with one more type: Helm's message then names what is wrong instead of two refusals. */
function joinNull(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!anyOf?.some(isNull)) return schema;
  const others = anyOf.filter(option => !isNull(option));
  const [only] = others;
  if (!only || others.length > 1) return schema;
  if (only.anyOf) return { ...only, ...rest, anyOf: [...only.anyOf, { type: 'null' }] };
  if (typeof only.type !== 'string') return schema;
  return { ...only, ...rest, type: [only.type, 'null'], ...(only.enum ? { enum: [...only.enum, null] } : {}) };
}

/** A validator prints the value that misses a pattern: for a secret only the driver, which prints none, checks it. */
function withoutPattern(schema: JsonSchema): JsonSchema {
  if (schema.secret !== true) return schema;
  const rest = Object.entries(schema).filter(([key]) => key !== 'pattern');
  return { ...Object.fromEntries(rest), minLength: 1 };
}

function simplify(schema: JsonSchema): JsonSchema {
  const children: Record<string, unknown> = {};
  if (schema.anyOf) children.anyOf = schema.anyOf.map(simplify);
  if (schema.items) children.items = simplify(schema.items);
  if (typeof schema.additionalProperties === 'object') {
    children.additionalProperties = simplify(schema.additionalProperties);
  }
  if (schema.properties) {
    const entries = Object.entries(schema.properties);
    children.properties = Object.fromEntries(entries.map(([key, value]) => [key, simplify(value)]));
  }
  return withoutPattern(joinNull({ ...schema, ...children }));
}

/** What Helm checks values against: draft 7, null allowed for every optional key, nothing required at the top. */
export function valuesJsonSchema(): JsonSchema {
  return simplify(z.toJSONSchema(valuesSchema, { target: 'draft-7', io: 'input' }) as JsonSchema);
}
