import { isList, isObject, type Json } from './json.ts';

/** The part of JSON Schema draft 7 that charts/pure-pso/values.schema.json uses; a test refuses any other keyword. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly pattern?: string;
  /** A hint only: `pattern` says the same in full. */
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: Json;
  readonly description?: string;
  /** Ours: the value must never be shown, logged or stored outside a Secret. */
  readonly secret?: boolean;
}

export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export const KEYWORDS: readonly (keyof JsonSchema)[] = [
  '$schema', 'type', 'anyOf', 'enum', 'const', 'properties', 'required', 'items', 'additionalProperties',
  'propertyNames', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum',
  'exclusiveMaximum', 'minItems', 'maxItems', 'default', 'description', 'secret',
]; // prettier-ignore

export function typesOf(schema: JsonSchema): readonly JsonType[] {
  if (schema.type === undefined) return [];
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

/** The alternatives of a schema, one type each, null left out: `["string","null"]` is one, `anyOf` are several. */
export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(alternatives);
  const types = typesOf(schema).filter(type => type !== 'null');
  if (types.length < 2) return typesOf(schema).length > 0 && types.length === 0 ? [] : [schema];
  return types.map(type => ({ ...schema, type }));
}

export const hasType = (schema: JsonSchema, type: JsonType): boolean => typesOf(schema).includes(type);

/** The JSON Schema type of a value; whole numbers are `integer`. */
export function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'string' ? 'string' : 'boolean';
}
