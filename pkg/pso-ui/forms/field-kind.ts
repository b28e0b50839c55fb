import { type Json, textOf } from './json.ts';
import type { FieldKind } from './field.ts';
import { alternatives, hasType, type JsonSchema } from './json-schema.ts';
import type { Option, Question } from './question.ts';

const TRUE_FALSE_TEXT: readonly Json[] = ['true', 'false'];

const isType = (schema: JsonSchema, type: 'boolean' | 'string' | 'object' | 'array'): boolean => hasType(schema, type);
const isNumber = (schema: JsonSchema): boolean => hasType(schema, 'integer') || hasType(schema, 'number');

/** PSO wrote some booleans as text. */
const isFlagText = ({ enum: options }: JsonSchema): boolean =>
  options?.every(option => option === null || TRUE_FALSE_TEXT.includes(option)) === true;

/** Certificates have several lines; an input of one line would run them together. */
const isPem = ({ pattern }: JsonSchema): boolean => pattern?.includes('-----BEGIN') === true;

/** A group holds other fields and is none itself. */
export function isGroup(schema: JsonSchema): boolean {
  const [only, ...others] = alternatives(schema);
  return others.length === 0 && only !== undefined && Object.keys(only.properties ?? {}).length > 0;
}

/** The kind that the schema asks for; the question may refine it. */
export function kindOf(schema: JsonSchema, question?: Question): FieldKind {
  const fromSchema = kindOfSchema(schema);
  if (!question) return fromSchema;
  if (fromSchema === 'text') return textKind(question);
  return fromSchema === 'json' && question.options.length > 0 ? 'choice' : fromSchema;
}

function textKind(question: Question): FieldKind {
  if (question.options.length > 0) return 'choice';
  if (question.type === 'password') return 'secret';
  if (question.type === 'multiline') return 'lines';
  return resourceOf(question) === '' ? 'text' : 'reference';
}

function kindOfSchema(schema: JsonSchema): FieldKind {
  if (schema.secret === true) return 'secret';
  const options = alternatives(schema);
  if (options.length > 0 && options.every(option => isType(option, 'boolean') || isFlagText(option))) return 'flag';
  if (options.length > 0 && options.every(option => isType(option, 'boolean') || option.enum)) return 'choice';
  if (options.length > 0 && options.every(isNumber)) return 'number';
  if (options.length > 0 && options.every(isPem)) return 'lines';
  if (options.length > 0 && options.every(option => isType(option, 'string') || isNumber(option))) return 'text';
  const list = options.find(option => isType(option, 'array'));
  if (list) return options.every(option => option === list || isType(option, 'string')) ? listKind(list) : 'json';
  const [only] = options;
  return options.length === 1 && only && isMap(only) ? 'map' : 'json';
}

function listKind(list: JsonSchema): FieldKind {
  if (!list.items) return 'json';
  const items = alternatives(list.items);
  if (items.length > 0 && items.every(item => isType(item, 'string'))) return 'texts';
  return isGroup(list.items) ? 'items' : 'json';
}

const SCALARS = ['string', 'number', 'integer', 'boolean'] as const;

function isMap(schema: JsonSchema): boolean {
  const values = schema.additionalProperties;
  if (!isType(schema, 'object') || typeof values !== 'object') return false;
  const types = alternatives(values);
  return types.length > 0 && types.every(type => SCALARS.some(scalar => hasType(type, scalar)));
}

/** Values that may be chosen: the question's wording for those that the schema allows, then the schema's others. */
export function optionsFor(schema: JsonSchema, question?: Question): readonly Option[] {
  const allowed = alternatives(schema).flatMap(allowedValues);
  const typed = (question?.options ?? []).map(({ value, label }) => ({ value: asAllowed(allowed, value), label }));
  const worded = new Set(typed.map(({ value }) => textOf(value)));
  const rest = allowed.filter(value => !worded.has(textOf(value)));
  return [...typed, ...distinct(rest).map(value => ({ value, label: textOf(value) }))];
}

const allowedValues = (schema: JsonSchema): readonly Json[] =>
  isType(schema, 'boolean') ? [true, false] : (schema.enum ?? []).filter(value => value !== null);

/** questions.yaml can only write map keys as text: `"true"` stands for the boolean where the schema knows it. */
const asAllowed = (allowed: readonly Json[], value: Json): Json =>
  allowed.find(option => textOf(option) === textOf(value)) ?? value;

const distinct = (values: readonly Json[]): readonly Json[] =>
  values.filter((value, index) => values.findIndex(other => textOf(other) === textOf(value)) === index);

const RESOURCES: Readonly<Record<string, string>> = {
  secret: 'secret',
  configmap: 'configmap',
  pvc: 'persistentvolumeclaim',
  storageclass: 'storage.k8s.io.storageclass',
};

/** Steve's type of the objects that a question offers, empty for other questions. */
export function resourceOf({ type }: Question): string {
  return /^reference\[(.+)\]$/.exec(type)?.[1] ?? RESOURCES[type] ?? '';
}
