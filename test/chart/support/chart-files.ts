import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { JsonSchema } from '../../../scripts/generate/values-json-schema.ts';
import { CHART } from './chart.ts';

export const ROOT = path.resolve(CHART, '../..');

/** One question of Rancher's install form, as far as we use its grammar. */
export interface Question {
  readonly variable: string;
  readonly group: string;
  readonly type: string;
  readonly label: string;
  readonly description?: string;
  readonly show_if?: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly min?: number;
  readonly max?: number;
}

const yaml = (file: string): unknown => parse(readFileSync(path.join(ROOT, file), 'utf8'));

export const questions = (): readonly Question[] => (yaml('questions.yaml') as { questions: Question[] }).questions;
export const chartDefaults = (): unknown => yaml('charts/pure-pso/values.yaml');

/** The schema of a dotted key; undefined where the schema does not know it. */
export function schemaAt(schema: JsonSchema, key: string): JsonSchema | undefined {
  return key.split('.').reduce<JsonSchema | undefined>((at, name) => at?.properties?.[name], schema);
}

export function valueAt(values: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], values);
}

type Values = Readonly<Record<string, unknown>>;
const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withValue(values: Values, [name = '', ...rest]: readonly string[], value: unknown): Values {
  const below = values[name];
  return { ...values, [name]: rest.length === 0 ? value : withValue(isValues(below) ? below : {}, rest, value) };
}

/** Values of dotted keys, as `helm --set` makes them. */
export const nested = (entries: Iterable<readonly [key: string, value: unknown]>): Values =>
  [...entries].reduce<Values>((values, [key, value]) => withValue(values, key.split('.'), value), {});
