import jsyaml from 'js-yaml';
import { isObject, type Json, type JsonObject } from '../forms/json.ts';
import { readYamlInt } from '../modules/yaml-int.ts';
import { messageOf } from './store.ts';

const MERGE = new jsyaml.Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (text: unknown) => text === '<<',
});
const INT = new jsyaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && readYamlInt(text) !== null,
  construct: (text: string) => readYamlInt(text),
  predicate: (value: unknown) => Number.isInteger(value) && !Object.is(value, -0),
  represent: (value: object) => String(value),
});
const implicit = [MERGE, INT];
/**
 * As Helm reads values: dates stay text, `<<` merges, file modes are octal. The library is the dashboard's, of which 3 and
 * 4 are made differently.
 */
const VALUES =
  typeof jsyaml.CORE_SCHEMA.extend === 'function'
    ? jsyaml.CORE_SCHEMA.extend({ implicit })
    : new jsyaml.Schema({ include: [jsyaml.CORE_SCHEMA], implicit });

export type ReadYaml =
  | { readonly values: JsonObject }
  /** `line` counts from 1; null: the text as a whole is no map. */
  | { readonly line: number | null; readonly reason: string };

/** Any value; fails in the parser's words. */
export const parseYaml = (text: string): Json => (jsyaml.load(text, { schema: VALUES }) as Json | undefined) ?? null;
export const dumpYaml = (value: Json): string => jsyaml.dump(value, { schema: VALUES, lineWidth: 120, noRefs: true });

/** Text of values; empty text is no values at all. */
export function readYaml(text: string): ReadYaml {
  try {
    const values = parseYaml(text) ?? {};
    return isObject(values) ? { values } : { line: null, reason: '' };
  } catch (error) {
    const { mark, reason } = error as { mark?: { line?: number }; reason?: string };
    return { line: (mark?.line ?? 0) + 1, reason: reason ?? messageOf(error) };
  }
}

export const writeYaml = (values: JsonObject): string => (Object.keys(values).length === 0 ? '' : dumpYaml(values));
