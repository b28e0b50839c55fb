import type { Field } from './field.ts';
import { isGroup, kindOf, optionsFor, resourceOf } from './field-kind.ts';
import { at, type Json, type JsonObject, type Path } from './json.ts';
import { alternatives, type JsonSchema } from './json-schema.ts';
import { holds } from './condition.ts';
import { type Question, readQuestions } from './question.ts';

/** Everything a form needs to know, made of questions.yaml (wording, order) and values.schema.json (types). */
export interface FormModel {
  readonly schema: JsonSchema;
  /** Questions first, in their order; then what only the schema knows, in its order. */
  readonly fields: readonly Field[];
  /** Variables of questions that the schema does not know: they get no field, as Helm would ignore them. */
  readonly unknownVariables: readonly string[];
}

/** `questions` is the parsed questions.yaml. */
export function formModel(schema: JsonSchema, questions: Json): FormModel {
  const asked = readQuestions(questions);
  const leaves = leavesOf(schema, []);
  const known = new Map(leaves.map(leaf => [leaf.path.join('.'), leaf]));
  const fromQuestions = asked.flatMap(question => {
    const leaf = known.get(question.variable);
    return leaf ? [toField(leaf, question)] : [];
  });
  const done = new Set(fromQuestions.map(field => field.key));
  const fromSchema = leaves.filter(({ path }) => !done.has(path.join('.'))).map(leaf => toField(leaf));
  return {
    schema,
    fields: [...distinctFields(fromQuestions), ...fromSchema],
    unknownVariables: asked.map(question => question.variable).filter(variable => !known.has(variable)),
  };
}

/** A variable may be asked twice under different conditions; the first wording counts. */
const distinctFields = (fields: readonly Field[]): readonly Field[] =>
  fields.filter((field, index) => fields.findIndex(other => other.key === field.key) === index);

interface Leaf {
  readonly path: Path;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function leavesOf(schema: JsonSchema, path: Path, required = false): readonly Leaf[] {
  if (path.length > 0 && !isGroup(schema)) return [{ path, schema, required }];
  const group = alternatives(schema)[0];
  const isRequired = (key: string): boolean => group?.required?.includes(key) === true;
  return Object.entries(group?.properties ?? {}).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, key], isRequired(key)),
  );
}

function toField({ path, schema, required }: Leaf, question?: Question): Field {
  const kind = kindOf(schema, question);
  return {
    key: path.join('.'),
    path,
    kind,
    schema,
    label: question?.label ?? path.join('.'),
    description: question?.description ?? schema.description ?? '',
    tooltip: question?.tooltip ?? '',
    group: question?.group ?? '',
    required: required || question?.required === true,
    options: kind === 'choice' ? optionsFor(schema, question) : [],
    showIf: question?.showIf ?? [],
    resource: kind === 'reference' && question ? resourceOf(question) : '',
    item: kind === 'items' ? itemFields(schema) : [],
  };
}

function itemFields(schema: JsonSchema): readonly Field[] {
  const item = alternatives(schema).find(option => option.items)?.items;
  return item ? leavesOf(item, []).map(leaf => toField(leaf)) : [];
}

export interface Section {
  /** The questions' group, or the first key of fields that no question asks for. */
  readonly name: string;
  readonly isAsked: boolean;
  readonly fields: readonly Field[];
}

/** Tabs of the form, in the order of their first field. */
export function sectionsOf(fields: readonly Field[]): readonly Section[] {
  const keyOf = (field: Field): string => (field.group === '' ? `.${field.path[0] ?? ''}` : field.group);
  return [...new Set(fields.map(keyOf))].map(key => ({
    name: key.replace(/^\./, ''),
    isAsked: !key.startsWith('.'),
    fields: fields.filter(field => keyOf(field) === key),
  }));
}

/** `values` are the effective ones: defaults with the user's on top. */
export const isShown = (field: Field, values: JsonObject): boolean =>
  field.showIf.every(condition => holds(condition, values));

/** Only what the user set is his; the rest shows the chart's default greyed. */
export type Entry =
  | { readonly state: 'default' }
  /** Set to null: takes the chart's default away. */
  | { readonly state: 'null' }
  | { readonly state: 'set'; readonly value: Exclude<Json, null> };

export function entryOf(field: Field, userValues: JsonObject): Entry {
  const value = at(userValues, field.path);
  if (value === undefined) return { state: 'default' };
  return value === null ? { state: 'null' } : { state: 'set', value };
}
