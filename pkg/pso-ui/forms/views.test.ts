import { describe, expect, it } from '@jest/globals';
import { chartSchema, corpus } from '../testing/chart-files.ts';
import { check } from './check.ts';
import { extrasOf } from './edit.ts';
import { formModel } from './form-model.ts';
import type { JsonObject } from './json.ts';
import { search } from './search.ts';
import { CONCEALED, concealSecrets, emptySecrets, secretPaths } from './secrets.ts';
import { shownChanges } from './shown-changes.ts';
import { changesBetween } from './values-diff.ts';

const model = formModel(chartSchema(), {
  questions: [{ variable: 'flasharray.sanType', label: 'Protocol', options: { FC: 'Fibre Channel' } }],
});
const TOKEN = '11111111-2222-3333-4444-555555555555';

describe('search', () => {
  const keys = (query: string): readonly string[] => search(model.fields, query).map(field => field.key);

  it('finds keys, labels, descriptions, choices and what items hold', () => {
    expect(keys('santype')).toEqual(['flasharray.sanType', 'flasharray.moreSanTypes', 'arrays.FlashArrays']);
    expect(keys('fibre')).toContain('flasharray.sanType');
    expect(keys('fuller no volumes')).toEqual(['placement.maxUsedPercent']);
    expect(keys('fingerprint')).toContain('arrays.FlashArrays');
    expect(keys('no-such-word')).toEqual([]);
  });

  it('puts names before descriptions and shows all without a query', () => {
    expect(keys('timeout')[0]).toBe('flasharray.iSCSILoginTimeout');
    expect(keys(' ')).toHaveLength(model.fields.length);
  });
});

describe('changes', () => {
  it('name each key with both values; lists count whole, the order of keys does not', () => {
    const before = { a: 1, list: [1, 2], group: { x: 1, y: 2 }, gone: { z: 1 } };
    const after = { group: { y: 2, x: 3 }, a: 1, list: [1], made: { w: null } };
    expect(changesBetween(before, after)).toEqual([
      { path: ['list'], before: [1, 2], after: [1] },
      { path: ['group', 'x'], before: 1, after: 3 },
      { path: ['gone', 'z'], before: 1, after: undefined },
      { path: ['made', 'w'], before: undefined, after: null },
    ]);
    expect(changesBetween(before, { ...before })).toEqual([]);
  });

  it('show an empty group that comes or goes', () => {
    expect(changesBetween({}, { a: {} })).toEqual([{ path: ['a'], before: undefined, after: {} }]);
    expect(changesBetween({ a: {} }, {})).toEqual([{ path: ['a'], before: {}, after: undefined }]);
  });
});

describe('changes for the eye', () => {
  const array = (APIToken: string, more: JsonObject = {}): JsonObject => ({ MgmtEndPoint: 'fa-1', APIToken, ...more });
  const fleet = (...FlashArrays: readonly JsonObject[]): JsonObject => ({ arrays: { FlashArrays } });

  it('name a secret that is new, though nothing else changes, and show neither', () => {
    const changes = shownChanges(model, fleet(array(TOKEN)), fleet(array('fresh')));
    const shown = [array(CONCEALED)];
    expect(changes).toEqual([{ path: ['arrays', 'FlashArrays'], before: shown, after: shown, hasNewSecret: true }]);
    expect(shownChanges(model, { APIToken: { a: TOKEN } }, { APIToken: { a: 'fresh' } })).toEqual([
      { path: ['APIToken'], before: CONCEALED, after: CONCEALED, hasNewSecret: true },
    ]);
  });

  it('call no secret new that stays or goes', () => {
    const two = fleet(array(TOKEN), array('other'));
    expect(shownChanges(model, two, two)).toEqual([]);
    expect(shownChanges(model, two, fleet(array('other'), array(TOKEN)))).toMatchObject([{ hasNewSecret: false }]);
    expect(shownChanges(model, two, fleet(array(TOKEN, { cordoned: true })))).toEqual([
      {
        path: ['arrays', 'FlashArrays'],
        before: [array(CONCEALED), array(CONCEALED)],
        after: [array(CONCEALED, { cordoned: true })],
        hasNewSecret: false,
      },
    ]);
    expect(shownChanges(model, two, {})).toMatchObject([{ after: undefined, hasNewSecret: false }]);
  });
});

describe('secrets', () => {
  it('are found and concealed, also in lists that the schema does not know', () => {
    const values = {
      ...corpus('pso-6-sample'),
      CloudBlockStores: [{ APIToken: TOKEN, apitoken: TOKEN }, { APIToken: null }],
    };
    expect(JSON.stringify(concealSecrets(model, values))).not.toMatch(/[0-9]{8}-2222/);
    expect(concealSecrets(model, values)).toMatchObject({
      arrays: { FlashArrays: [{ MgmtEndPoint: '192.0.2.4', APIToken: CONCEALED, Labels: null }, {}] },
      CloudBlockStores: [{}, { APIToken: null }],
    });
    const paths = secretPaths(model, values).map(path => path.join('.'));
    expect(paths).toHaveLength(6);
    expect(paths).toContain('arrays.FlashBlades.1.APIToken');
    expect(secretPaths(model, { arrays: { FlashArrays: [] } })).toEqual([]);
  });
});

describe('values for somebody to take elsewhere', () => {
  it('are refused by the chart until their secrets are written in', () => {
    const values = {
      arrays: { FlashArrays: [{ MgmtEndPoint: 'fa-1', APIToken: TOKEN }] },
      mine: [{ apitoken: TOKEN }],
    };
    const taken = emptySecrets(model, values);
    expect(JSON.stringify(taken)).not.toContain(TOKEN);
    expect(check(model.schema, values)).toEqual([]);
    expect(check(model.schema, taken)).toMatchObject([{ path: ['arrays', 'FlashArrays', '0', 'APIToken'] }]);
  });
});

describe('extras', () => {
  it('are what no field shows', () => {
    const values = { mine: { a: 1 }, flasharray: { sanType: 'FC', other: 2 }, placement: null, images: {} };
    expect(extrasOf(model, values)).toEqual({ mine: { a: 1 }, flasharray: { other: 2 }, placement: null, images: {} });
  });
});
