import { describe, expect, it } from '@jest/globals';
import { chartSchema } from '../testing/chart-files.ts';
import { controlFor, fromControl, toControl } from './control-value.ts';
import type { Field } from './field.ts';
import { formModel } from './form-model.ts';
import type { Json } from './json.ts';

const { fields } = formModel(chartSchema(), {
  questions: [{ variable: 'storageclass.default', options: { 'pure-block': 'Block', 'pure-file': 'Files' } }],
});
const get = (key: string): Field => {
  const field = fields.find(candidate => candidate.key === key);
  if (!field) throw new Error(`No field ${key}.`);
  return field;
};

describe('what a control shows', () => {
  const cases: readonly (readonly [string, Json | undefined, Json])[] = [
    ['flasharray.preemptAttachments', 'true', true],
    ['flasharray.preemptAttachments', undefined, false],
    ['flasharray.iSCSILoginTimeout', 20, '20'],
    ['flasharray.iSCSILoginTimeout', null, ''],
    ['flasharray.defaultMountOpt', 'a, b', ['a', 'b']],
    ['flasharray.defaultMountOpt', undefined, []],
    ['nodeSelector', { rack: 22, none: null }, { rack: '22', none: '' }],
    ['nodeSelector', undefined, {}],
    ['arrays.FlashArrays', undefined, []],
    ['tolerations', undefined, null],
    ['storageclass.default', 'pure-file', 'pure-file'],
    ['storageclass.default', null, null],
    ['clusterID', undefined, ''],
  ];
  it.each(cases)('%s %j: %j', (key, value, shown) => {
    expect(toControl(get(key), value)).toEqual(shown);
  });

  it.each<[string, Json]>([
    ['clusterID', ['not', 'text']],
    ['clusterID', 'two\nlines'],
    ['flasharray.iSCSILoginTimeout', 'soon'],
    ['storageCapacity', 'yes'],
    ['storageclass.default', 'gold'],
    ['flasharray.defaultMountOpt', [1]],
    ['nodeSelector', { a: ['b'] }],
    ['arrays.FlashArrays', ['text']],
  ])('%s %j would not survive its control: it is shown as YAML', (key, value) => {
    expect(controlFor(get(key), value)).toBe('json');
    expect(fromControl(get(key), toControl(get(key), value), value)).toEqual(value);
  });
});

describe('what a control writes', () => {
  const cases: readonly (readonly [string, Json, Json | undefined, Json])[] = [
    ['flasharray.preemptAttachments', false, 'true', 'false'],
    ['flasharray.preemptAttachments', true, undefined, true],
    ['flasharray.iSCSILoginTimeout', '30', 20, 30],
    ['flasharray.iSCSILoginTimeout', 'soon', 20, 'soon'],
    ['flasharray.iSCSILoginTimeout', '', 20, ''],
    ['nodeServer.maxUnavailable', '2', '10%', 2],
    ['nodeServer.maxUnavailable', '20%', 2, '20%'],
    ['clusterID', '007', '', '007'],
    ['flasharray.defaultMountOpt', ['a', 'c'], 'a,b', 'a,c'],
    ['flasharray.defaultMountOpt', ['a'], ['a', 'b'], ['a']],
    ['nodeSelector', { rack: '22', env: 'dev' }, { rack: 22 }, { rack: 22, env: 'dev' }],
    ['arrays.FlashArrays', [{ MgmtEndPoint: 'a' }], [], [{ MgmtEndPoint: 'a' }]],
  ];
  it.each(cases)('%s: %j over %j gives %j', (key, control, previous, written) => {
    expect(fromControl(get(key), control, previous)).toEqual(written);
  });
});
