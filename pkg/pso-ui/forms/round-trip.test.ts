import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { arbitraryValues } from '../testing/arbitrary-values.ts';
import { chartDefaults, chartSchema, CORPUS, corpus, questions } from '../testing/chart-files.ts';
import { controlFor, fromControl, toControl } from './control-value.ts';
import { extrasOf, setEntry, setFields } from './edit.ts';
import type { Field } from './field.ts';
import { entryOf, formModel } from './form-model.ts';
import { at, isEqual, isList, isObject, type Json, type JsonObject, withoutValue } from './json.ts';
import { difference, effective, overlay } from './merged-values.ts';

const schema = chartSchema();
const model = formModel(schema, questions());
const defaults = chartDefaults();

/** As a person would copy a form into an empty one: each control is drawn, left alone, and written. */
function throughControls(field: Field, value: Json | undefined): Json {
  const control = toControl(field, value);
  if (controlFor(field, value) !== 'items' || !isList(control)) return fromControl(field, control, value);
  const items = control.map(item => (isObject(item) ? throughForm(field.item, item) : item));
  return fromControl(field, items, value);
}

function throughForm(fields: readonly Field[], values: JsonObject): JsonObject {
  const part = { ...model, fields };
  return setFields(part, values).reduce(
    (written, field) => {
      const entry = entryOf(field, values);
      const value = entry.state === 'set' ? throughControls(field, entry.value) : null;
      return setEntry(written, field, value === null ? { state: 'null' } : { state: 'set', value });
    },
    extrasOf(part, values),
  );
}

describe('values through the form and back', () => {
  it.each(CORPUS)('%s', name => {
    expect(throughForm(model.fields, corpus(name))).toEqual(corpus(name));
  });

  it('any values: nulls, unknown keys and older spellings survive', () => {
    fc.assert(
      fc.property(arbitraryValues(schema), values => isEqual(throughForm(model.fields, values), values)),
      { numRuns: 200, seed: 6 },
    );
  });

  it('every key set to null stays null', () => {
    const values = model.fields.reduce<JsonObject>((all, field) => setEntry(all, field, { state: 'null' }), {});
    expect(setFields(model, values)).toHaveLength(model.fields.length);
    expect(throughForm(model.fields, values)).toEqual(values);
  });
});

describe('an edit', () => {
  it('of one field changes that field and nothing else, in place', () => {
    fc.assert(
      fc.property(arbitraryValues(schema), fc.constantFrom(...model.fields), (values, field) => {
        const edited = setEntry(values, field, { state: 'set', value: 'edited' });
        expect(at(edited, field.path)).toBe('edited');
        const others = model.fields.filter(other => other !== field);
        for (const other of others) {
          expect(isEqual(at(edited, other.path), at(values, other.path))).toBe(true);
        }
        const order = Object.keys(values);
        expect(Object.keys(edited).filter(key => order.includes(key))).toEqual(order);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('that is taken back leaves the values as they were', () => {
    const before: JsonObject = { flasharray: { sanType: 'FC' }, mine: { kept: true } };
    const field = model.fields.find(({ key }) => key === 'placement.maxUsedPercent');
    if (!field) throw new Error('No such field.');
    const edited = setEntry(before, field, { state: 'set', value: 70 });
    expect(edited).toEqual({ ...before, placement: { maxUsedPercent: 70 } });
    expect(setEntry(edited, field, { state: 'default' })).toEqual(before);
  });
});

describe('defaults and values merged', () => {
  it('come apart again so that the chart renders the same', () => {
    fc.assert(
      fc.property(arbitraryValues(schema), values => {
        const merged = overlay(defaults, values);
        const sent = difference(defaults, merged);
        expect(isEqual(overlay(defaults, sent), merged)).toBe(true);
        expect(isEqual(effective(defaults, sent), effective(defaults, values))).toBe(true);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it('send null for a default that was deleted, and nothing that equals one', () => {
    const merged = overlay(defaults, { logLevel: 'debug', flasharray: { sanType: 'ISCSI' } });
    expect(difference(defaults, withoutValue(merged, ['storageCapacity']))).toEqual({
      logLevel: 'debug',
      storageCapacity: null,
    });
  });
});
