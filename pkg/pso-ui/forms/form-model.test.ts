import { describe, expect, it } from '@jest/globals';
import { chartDefaults, chartSchema, questions } from '../testing/chart-files.ts';
import type { Field } from './field.ts';
import { entryOf, formModel, isShown, sectionsOf } from './form-model.ts';
import type { Json } from './json.ts';
import { type JsonSchema, KEYWORDS } from './json-schema.ts';
import { overlay } from './merged-values.ts';
import { yamlReason } from './yaml-only.ts';

const schema = chartSchema();
const ASKED: Json = {
  questions: [
    {
      variable: 'flasharray.sanType',
      label: 'Protocol',
      description: 'How nodes reach FlashArrays.',
      type: 'enum',
      group: 'Block',
      required: true,
      options: { ISCSI: 'iSCSI', FC: 'Fibre Channel' },
      show_subquestion_if: 'ISCSI',
      subquestions: [{ variable: 'flasharray.iSCSIAllowedCIDR', label: 'Networks' }],
    },
    {
      variable: 'snapshots.enabled',
      label: 'Snapshots',
      type: 'enum',
      group: 'Data',
      options: ['auto', { value: 'true', label: 'On' }, 'false'],
    },
    { variable: 'arrays.existingSecret', type: 'secret', group: 'Arrays', show_if: 'storageclass.createBuiltIn=true' },
    { variable: 'no.such.key', label: 'Dead' },
    { label: 'Without a variable' },
  ],
};
const model = formModel(schema, ASKED);

const get = (key: string): Field => {
  const field = model.fields.find(candidate => candidate.key === key);
  if (!field) throw new Error(`No field ${key}.`);
  return field;
};

function* schemasIn(value: JsonSchema): Generator<JsonSchema> {
  yield value;
  const inner = [...Object.values(value.properties ?? {}), ...(value.anyOf ?? []), value.items, value.propertyNames];
  for (const child of [...inner, value.additionalProperties]) {
    if (typeof child === 'object') yield* schemasIn(child);
  }
}

describe('the chart and the form', () => {
  it('the schema uses only keywords that the form knows', () => {
    const used = new Set([...schemasIn(schema)].flatMap(inner => Object.keys(inner)));
    expect([...used].filter(keyword => !(KEYWORDS as readonly string[]).includes(keyword))).toEqual([]);
  });

  it('every default of the chart has a field', () => {
    const keys = new Set(model.fields.map(field => field.key));
    const paths = (value: unknown, above: string): string[] =>
      keys.has(above) || typeof value !== 'object' || value === null || Array.isArray(value)
        ? [above]
        : Object.entries(value).flatMap(([key, inner]) => paths(inner, above === '' ? key : `${above}.${key}`));
    expect(paths(chartDefaults(), '').filter(key => !keys.has(key))).toEqual([]);
  });

  it('every key of the schema has a control, or a stated reason to be YAML', () => {
    const below = (field: Field): readonly Field[] => [field, ...field.item.flatMap(below)];
    const unexplained = model.fields.flatMap(below).filter(field => yamlReason(field) === 'unknown');
    expect(unexplained.map(field => field.key)).toEqual([]);
  });

  it('every question writes a key that the schema knows', () => {
    expect(formModel(schema, questions()).unknownVariables).toEqual([]);
  });
});

describe('fields', () => {
  it('take wording and order from the questions and types from the schema', () => {
    expect(model.fields.slice(0, 4).map(field => field.key)).toEqual([
      'flasharray.sanType',
      'flasharray.iSCSIAllowedCIDR',
      'snapshots.enabled',
      'arrays.existingSecret',
    ]);
    expect(get('flasharray.sanType')).toMatchObject({
      label: 'Protocol',
      kind: 'choice',
      group: 'Block',
      required: true,
      options: [
        { value: 'ISCSI', label: 'iSCSI' },
        { value: 'FC', label: 'Fibre Channel' },
      ],
    });
    expect(get('arrays.existingSecret')).toMatchObject({ kind: 'reference', resource: 'secret' });
    expect(model.unknownVariables).toEqual(['no.such.key']);
  });

  it.each([
    ['storageCapacity', 'flag'],
    ['flasharray.preemptAttachments', 'flag'],
    ['clusterID', 'text'],
    ['nodeServer.maxUnavailable', 'text'],
    ['flasharray.iSCSILoginTimeout', 'number'],
    ['flasharray.defaultFSType', 'choice'],
    ['flasharray.defaultMountOpt', 'texts'],
    ['nodeSelector', 'map'],
    ['tolerations', 'json'],
    ['arrays.FlashArrays', 'items'],
  ])('%s is a %s', (key, kind) => {
    expect(get(key).kind).toBe(kind);
  });

  it('keep a choice of booleans and words apart from their texts', () => {
    expect(get('snapshots.enabled').options).toEqual([
      { value: 'auto', label: 'auto' },
      { value: true, label: 'On' },
      { value: false, label: 'false' },
    ]);
  });

  it('of an item conceal its token and require what the schema requires', () => {
    const item = get('arrays.FlashArrays').item;
    expect(item.find(field => field.key === 'APIToken')).toMatchObject({ kind: 'secret' });
    expect(item.find(field => field.key === 'MgmtEndPoint')).toMatchObject({ kind: 'text', required: true });
    expect(item.find(field => field.key === 'Labels')).toMatchObject({ kind: 'map' });
  });

  it('of an item show certificates in several lines', () => {
    const kinds = get('arrays.FlashArrays')
      .item.filter(({ key }) => key === 'caBundle')
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['lines']);
  });

  it('stand in tabs by group, then by top-level key', () => {
    const names = sectionsOf(model.fields).map(({ name, isAsked }) => [name, isAsked]);
    expect(names.slice(0, 4)).toEqual([
      ['Block', true],
      ['Data', true],
      ['Arrays', true],
      ['clusterID', false],
    ]);
    const all = sectionsOf(model.fields).flatMap(section => section.fields);
    expect(new Set(all).size).toBe(model.fields.length);
  });

  it('are shown as their conditions say', () => {
    const networks = get('flasharray.iSCSIAllowedCIDR');
    expect(isShown(networks, chartDefaults())).toBe(true);
    expect(isShown(networks, overlay(chartDefaults(), { flasharray: { sanType: 'FC' } }))).toBe(false);
    expect(isShown(get('arrays.existingSecret'), { storageclass: { createBuiltIn: 'true' } })).toBe(true);
  });

  it('tell default, null and set apart', () => {
    const field = get('clusterID');
    expect(entryOf(field, {})).toEqual({ state: 'default' });
    expect(entryOf(field, { clusterID: null })).toEqual({ state: 'null' });
    expect(entryOf(field, { clusterID: '' })).toEqual({ state: 'set', value: '' });
  });
});
