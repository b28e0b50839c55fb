import type { Field, FieldKind } from './field.ts';
import { isEqual, isList, isObject, type Json, type JsonObject, textOf } from './json.ts';
import { alternatives, hasType } from './json-schema.ts';

/** What a control shows and emits: check box, text, list of texts, texts by key, or the value itself. */
export type ControlValue = Json;

const SCALAR_TEXT: readonly Json[] = ['true', 'false'];

/** The control for this value: the field's own, or the YAML editor when the value would not survive it. */
export function controlFor(field: Field, value: Json | undefined): FieldKind {
  return value === undefined || value === null || fits(field, value) ? field.kind : 'json';
}

function fits(field: Field, value: Json): boolean {
  switch (field.kind) {
    case 'flag':
      return typeof value === 'boolean' || SCALAR_TEXT.includes(value);
    case 'text':
      // An input of one line would run several together.
      return typeof value === 'number' || (typeof value === 'string' && !value.includes('\n'));
    case 'lines':
    case 'secret':
    case 'reference':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'choice':
      return field.options.some(option => textOf(option.value) === textOf(value));
    case 'texts':
      return typeof value === 'string' || (isList(value) && value.every(item => typeof item === 'string'));
    case 'map':
      return isObject(value) && Object.values(value).every(item => !isList(item) && !isObject(item));
    case 'items':
      return isList(value) && value.every(isObject);
    case 'json':
      return true;
  }
}

/** For the control of `controlFor`; null and absent give its empty state. */
export function toControl(field: Field, value: Json | undefined): ControlValue {
  const isAbsent = value === undefined || value === null;
  switch (controlFor(field, value)) {
    case 'flag':
      return value === true || value === 'true';
    case 'choice':
      return isAbsent ? null : (field.options.find(option => textOf(option.value) === textOf(value))?.value ?? null);
    case 'texts':
      return typeof value === 'string' ? splitTexts(value) : (value ?? []);
    case 'map':
      return isObject(value) ? mapTexts(value) : {};
    case 'items':
      return value ?? [];
    case 'json':
      return value ?? null;
    case 'text':
    case 'lines':
    case 'secret':
    case 'number':
    case 'reference':
      return isAbsent ? '' : textOf(value);
  }
}

const splitTexts = (text: string): readonly string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');

const mapTexts = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value === null ? '' : textOf(value)]));

/**
 * The value to write. A control that was left as it was gives back the previous value itself, so that PSO's
 * spellings (`'true'`, `a,b`, `rack: 22`) survive; text that is no number stays text, for `check` to refuse.
 */
export function fromControl(field: Field, control: ControlValue, previous: Json | undefined): Json {
  if (previous !== undefined && isEqual(control, toControl(field, previous))) return previous;
  switch (controlFor(field, previous)) {
    case 'flag':
      return typeof previous === 'string' ? textOf(control) : control;
    case 'number':
      return toNumber(control);
    case 'text':
      return takesNumbers(field) && typeof control === 'string' && /^\d+$/.test(control) ? Number(control) : control;
    case 'texts':
      return typeof previous === 'string' && isList(control) ? control.map(textOf).join(',') : control;
    case 'map':
      return isObject(control) ? keepScalars(control, previous) : control;
    case 'lines':
    case 'secret':
    case 'choice':
    case 'items':
    case 'reference':
    case 'json':
      return control;
  }
}

const toNumber = (control: ControlValue): Json =>
  typeof control === 'string' && control.trim() !== '' && Number.isFinite(Number(control)) ? Number(control) : control;

const takesNumbers = (field: Field): boolean =>
  alternatives(field.schema).some(option => hasType(option, 'integer') || hasType(option, 'number'));

const keepScalars = (control: JsonObject, previous: Json | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(control).map(([key, text]) => {
      const old = isObject(previous) && Object.hasOwn(previous, key) ? previous[key] : undefined;
      return [key, old !== undefined && (old === null ? '' : textOf(old)) === text ? old : text];
    }),
  );
