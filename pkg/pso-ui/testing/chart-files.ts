import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../forms/json.ts';
import type { JsonSchema } from '../forms/json-schema.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What the extension is built with: the chart's own files. */
export const chartSchema = (): JsonSchema => JSON.parse(read('charts/pure-pso/values.schema.json')) as JsonSchema;
export const chartDefaults = (): JsonObject => parse(read('charts/pure-pso/values.yaml')) as JsonObject;
export const questions = (): Json =>
  existsSync(path.join(ROOT, 'questions.yaml')) ? (parse(read('questions.yaml')) as Json) : null;

/** Values files of PSO, as the chart's tests render them. */
export const CORPUS = ['pso-5', 'pso-6-defaults', 'pso-6-sample'] as const;
export const corpus = (name: string): JsonObject => parse(read(`test/chart/values/${name}.yaml`)) as JsonObject;
