import { describe, expect, it } from '@jest/globals';
import { chartSchema, chartDefaults, CORPUS, corpus } from '../testing/chart-files.ts';
import { check } from './check.ts';
import type { Json } from './json.ts';
import type { JsonSchema } from './json-schema.ts';

const schema = chartSchema();

describe('check against the chart', () => {
  it.each(CORPUS)('accepts %s', name => {
    expect(check(schema, corpus(name))).toEqual([]);
  });

  it('accepts the defaults', () => {
    expect(check(schema, chartDefaults())).toEqual([]);
  });

  it('names key and rule of what Helm would refuse, never the value', () => {
    const array = { MgmtEndPoint: 'https://192.0.2.1', APIToken: '' };
    const problems = check(schema, {
      clusterID: 'with space',
      arrays: { FlashArrays: [array, {}] },
      placement: { maxUsedPercent: 101, pollSeconds: 1 },
      flasharray: { defaultFSType: 'zfs' },
      nodeServer: { maxUnavailable: '10' },
      storageCapacity: 'yes',
    });
    expect(problems.map(({ path, rule }) => `${path.join('.')} ${rule}`)).toEqual([
      'clusterID pattern',
      'arrays.FlashArrays.0.MgmtEndPoint pattern',
      'arrays.FlashArrays.0.APIToken minLength',
      'arrays.FlashArrays.1.MgmtEndPoint required',
      'arrays.FlashArrays.1.APIToken required',
      'placement.maxUsedPercent maximum',
      'placement.pollSeconds minimum',
      'flasharray.defaultFSType enum',
      'nodeServer.maxUnavailable pattern',
      'storageCapacity type',
    ]);
    expect(JSON.stringify(problems)).not.toContain('192.0.2.1');
  });
});

describe('keywords', () => {
  const cases: readonly (readonly [string, JsonSchema, Json, readonly string[]])[] = [
    ['const', { const: 'a' }, 'b', ['enum']],
    ['maxLength', { maxLength: 1 }, 'ab', ['maxLength']],
    ['exclusiveMinimum', { exclusiveMinimum: 0 }, 0, ['minimum']],
    ['exclusiveMaximum', { exclusiveMaximum: 1 }, 1, ['maximum']],
    ['integer as number', { type: 'number' }, 1, []],
    ['number as integer', { type: 'integer' }, 1.5, ['type']],
    ['minItems', { minItems: 1 }, [], ['minItems']],
    ['maxItems', { maxItems: 0 }, [1], ['maxItems']],
    ['additionalProperties false', { additionalProperties: false }, { a: 1 }, ['additionalProperties']],
    ['additionalProperties schema', { additionalProperties: { type: 'string' } }, { a: 1 }, ['type']],
    ['propertyNames', { propertyNames: { minLength: 1 } }, { '': 1 }, ['minLength']],
    [
      'keys of the prototype',
      { properties: {}, additionalProperties: false },
      { constructor: 1 },
      ['additionalProperties'],
    ],
    ['no alternative', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, ['anyOf']],
    ['the alternative of its type', { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'string' }] }, 0, ['minimum']],
    ['an alternative', { anyOf: [{ type: 'string' }, { type: 'null' }] }, null, []],
  ];
  it.each(cases)('%s', (_name, given, value, rules) => {
    expect(check(given, value).map(({ rule }) => rule)).toEqual(rules);
  });
});
