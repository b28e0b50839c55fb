import { isList, isObject, type Json, type JsonObject, textOf } from './json.ts';

/** One question of questions.yaml, sub-questions flattened; keys as Rancher's dashboard 2.10 to 2.15 reads them. */
export interface Question {
  /** Dotted path into the values. */
  readonly variable: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly type: string;
  readonly group: string;
  readonly required: boolean;
  readonly options: readonly Option[];
  /** All must hold for the question to be shown. */
  readonly showIf: readonly string[];
}

/** A choice and what the form calls it. */
export interface Option {
  readonly value: Json;
  readonly label: string;
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** A list of values or of `{ value, label }`, or a map of value to label. */
export function optionsOf(options: Json | undefined): readonly Option[] {
  if (isList(options)) return options.map(optionOf);
  if (!isObject(options)) return [];
  return Object.entries(options).map(([value, label]) => ({ value, label: textOf(label) }));
}

const optionOf = (option: Json): Option =>
  isObject(option)
    ? { value: option.value ?? null, label: textOf(option.label ?? option.value) }
    : { value: option, label: textOf(option) };

/** `raw` is the parsed questions.yaml. A question without a variable is left out: it could write nothing. */
export function readQuestions(raw: Json): readonly Question[] {
  const list = isObject(raw) ? raw.questions : raw;
  return isList(list) ? list.filter(isObject).flatMap(question => readOne(question, '', [])) : [];
}

function readOne(raw: JsonObject, groupAbove: string, conditionsAbove: readonly string[]): readonly Question[] {
  const variable = text(raw.variable);
  const group = text(raw.group) || groupAbove;
  const own = text(raw.show_if);
  const showIf = own === '' ? conditionsAbove : [...conditionsAbove, own];
  const below = { group, conditions: [...showIf, ...subquestionCondition(raw, variable)] };
  const subquestions = isList(raw.subquestions) ? raw.subquestions.filter(isObject) : [];
  const rest = subquestions.flatMap(question => readOne(question, below.group, below.conditions));
  if (variable === '') return rest;
  const question: Question = {
    variable,
    label: text(raw.label) || variable,
    description: text(raw.description),
    tooltip: text(raw.tooltip),
    type: text(raw.type) || 'string',
    group,
    required: raw.required === true,
    options: optionsOf(raw.options),
    showIf,
  };
  return [question, ...rest];
}

/** `show_subquestion_if: x` shows them when the question above has the value x. */
function subquestionCondition(raw: JsonObject, variable: string): readonly string[] {
  const value = raw.show_subquestion_if ?? raw.show_subquestions_if;
  return value === undefined ? [] : [`${variable}=${textOf(value)}`];
}
