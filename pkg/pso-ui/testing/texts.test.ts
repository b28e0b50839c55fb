import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Rule } from '../forms/check.ts';
import { formModel } from '../forms/form-model.ts';
import { at, isObject, type Json } from '../forms/json.ts';
import { arrayLists } from '../modules/credentials.ts';
import { nameOf } from '../modules/fleet-file.ts';
import { chartSchema } from './chart-files.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const texts = (locale: string): Json => parse(readFileSync(path.join(ROOT, 'l10n', `${locale}.yaml`), 'utf8')) as Json;
const english = texts('en-us');

const leaves = (value: Json, above = ''): readonly string[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, above === '' ? key : `${above}.${key}`))
    : [above];

/** `{name}` placeholders of a text. */
const blanks = (text: unknown): readonly string[] =>
  [...String(text).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort();

const sources = ['components', 'pages', 'chart', 'rancher']
  .flatMap(folder => readdirSync(path.join(ROOT, folder)).map(file => path.join(ROOT, folder, file)))
  .map(file => readFileSync(file, 'utf8'))
  .join('\n');

describe('texts', () => {
  it.each(['de'])('%s says everything that English says, with the same blanks', locale => {
    const other = texts(locale);
    expect([...leaves(other)].sort()).toEqual([...leaves(english)].sort());
    const differing = leaves(english).filter(key => {
      const [a, b] = [at(english, key.split('.')), at(other, key.split('.'))];
      return JSON.stringify(blanks(a)) !== JSON.stringify(blanks(b));
    });
    expect(differing).toEqual([]);
  });

  it('exist for every key that a component names', () => {
    const named = [...sources.matchAll(/\bt\(\s*'(pso\.[\w.-]+)'/g)].map(([, key = '']) => key);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(key => typeof at(english, key.split('.')) !== 'string')).toEqual([]);
  });

  it('exist in every group that a component picks from', () => {
    const groups = [...sources.matchAll(/\bt\(\s*`(pso\.[\w.-]+?)\.?\$\{/g)].map(([, key = '']) => key);
    const picked = groups.filter(key => !key.endsWith('classes'));
    expect(picked.length).toBeGreaterThan(8);
    expect(picked.filter(key => !isObject(at(english, key.split('.'))))).toEqual([]);
  });

  it('exist for every rule of a check and for all of an array', () => {
    const rules: readonly Rule[] = ['type', 'anyOf', 'enum', 'required', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'additionalProperties']; // prettier-ignore
    const lists = arrayLists(formModel(chartSchema(), null).fields);
    const fields = lists.flatMap(list => list.item);
    const plain = fields.filter(field => field.kind !== 'secret' && field.path.length === 1);
    const keys = [
      ...rules.map(rule => `pso.check.${rule}`),
      ...lists.flatMap(list => [`pso.fleet.kind.${nameOf(list)}`, `pso.fleet.add.${nameOf(list)}`]),
      ...fields.filter(field => field.kind === 'secret').map(field => `pso.fleet.secret.${field.key}`),
      ...plain.map(field => `pso.array.${field.key}`),
    ];
    expect(keys.filter(key => typeof at(english, key.split('.')) !== 'string')).toEqual([]);
  });
});
