import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { check } from '../forms/check.ts';
import type { JsonObject } from '../forms/json.ts';
import { chartSchema } from '../testing/chart-files.ts';
import { classesInValues, classRows, nameProblem, NEW_SIDE_CLASS, sideClasses, type SideClass, withClass, withDefault, withoutClass, withoutSideClass, withSideClass } from './class-values.ts'; // prettier-ignore
import { type ClassDraft, NEW_CLASS } from './storage-class.ts';

const gold: ClassDraft = { ...NEW_CLASS, name: 'gold', arraySelector: 'tier=gold', iopsLimit: '1000', fsType: 'ext4' };

const drafts: fc.Arbitrary<ClassDraft> = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/),
  backend: fc.constantFrom('block', 'file'),
  arraySelector: fc.constantFrom('', 'env=dev', 'tier in (gold,silver)'),
  preferredArrays: fc.constantFrom('', 'site=a'),
  fsType: fc.constant(''),
  iopsLimit: fc.constantFrom('', '1000'),
  bandwidthLimit: fc.constantFrom('', '10M'),
  reclaimPolicy: fc.constantFrom('Delete', 'Retain'),
  bindingMode: fc.constantFrom('Immediate', 'WaitForFirstConsumer'),
  allowVolumeExpansion: fc.boolean(),
  isDefault: fc.boolean(),
  mountOptions: fc.uniqueArray(fc.constantFrom('discard', 'noatime'), { maxLength: 2 }),
  others: fc.constantFrom<Record<string, string>>({}, { pod: 'p1' }),
});

describe('storage classes in the values', () => {
  it('are written with what was set only, beside everything else', () => {
    const before = { clusterID: 'k8s', affinity: null, storageClasses: [{ name: 'old' }] };
    expect(withClass(before, gold)).toEqual({
      ...before,
      storageClasses: [
        { name: 'old' },
        {
          name: 'gold',
          backend: 'block',
          fsType: 'ext4',
          parameters: { arraySelector: 'tier=gold', iops_limit: '1000' },
          volumeBindingMode: 'WaitForFirstConsumer',
        },
      ],
    });
  });

  it('come back as they were designed, are valid for the chart, and leave nothing when they go', () => {
    const schema = chartSchema();
    fc.assert(
      fc.property(drafts, draft => {
        const before: JsonObject = { pollSeconds: 30, storageclass: { createBuiltIn: true } };
        const after = withClass(before, draft);
        expect(classesInValues(after)).toEqual([draft]);
        expect(check(schema, after)).toEqual([]);
        expect(withClass(after, draft)).toEqual(after);
        expect(withoutClass(after, draft.name)).toEqual(before);
      }),
    );
  });

  it('keep keys of their entry that no form shows, and entries that are no objects', () => {
    const before = { storageClasses: [null, { name: 'gold', labels: { a: 'b' }, reclaimPolicy: 'Retain' }] };
    const { storageClasses } = withClass(before, { ...gold, arraySelector: '', iopsLimit: '', fsType: '' });
    expect(storageClasses).toEqual([
      null,
      { name: 'gold', backend: 'block', labels: { a: 'b' }, volumeBindingMode: 'WaitForFirstConsumer' },
    ]);
    expect(withoutClass(before, 'other')).toBe(before);
    expect(withoutClass({}, 'gold')).toEqual({});
  });

  it('read numbers and texts of options as the chart does', () => {
    const values = {
      storageClasses: [{ name: 'a', parameters: { iops_limit: 500 }, mountOptions: 'discard,noatime' }],
    };
    expect(classesInValues(values)).toMatchObject([
      { iopsLimit: '500', mountOptions: ['discard', 'noatime'], bindingMode: 'Immediate', allowVolumeExpansion: true },
    ]);
  });

  it('have one default', () => {
    const one = withDefault({}, 'gold', true);
    expect(one).toEqual({ storageclass: { default: 'gold' } });
    expect(withDefault(one, 'pure-block', true)).toEqual({ storageclass: { default: 'pure-block' } });
    expect(withDefault(one, 'pure-block', false)).toBe(one);
    expect(withDefault(one, 'gold', false)).toEqual({});
  });
});

describe('classes of the cluster', () => {
  const live = (name: string, labels: JsonObject = {}): JsonObject => ({
    metadata: { name, labels },
    parameters: { backend: 'block' },
  });

  it('say who made them, also before Helm has', () => {
    const values = { storageClasses: [{ name: 'mine' }, { name: 'soon' }] };
    const helm = { 'app.kubernetes.io/managed-by': 'Helm' };
    const rows = classRows([live('mine', helm), live('pure-block', helm), live('by-hand')], values);
    expect(rows.map(({ name, origin, exists }) => [name, origin, exists])).toEqual([
      ['mine', 'values', true],
      ['pure-block', 'chart', true],
      ['by-hand', 'foreign', true],
      ['soon', 'values', false],
    ]);
  });

  it.each([
    ['gold', null],
    ['Gold', 'bad'],
    ['', 'bad'],
    ['-x', 'bad'],
    ['old', 'taken'],
  ])('may be named %p: %p', (name, problem) => {
    expect(nameProblem(name, ['old'])).toBe(problem);
  });
});

describe('snapshot and attributes classes', () => {
  const kept: SideClass = { name: 'kept', parameters: {}, deletionPolicy: 'Retain', isDefault: true };

  it('of snapshots have a policy and a default', () => {
    const values = withSideClass({}, 'snapshotClasses', kept);
    expect(values).toEqual({
      snapshotClasses: [{ name: 'kept', deletionPolicy: 'Retain' }],
      snapshots: { defaultClass: 'kept' },
    });
    expect(sideClasses(values, 'snapshotClasses')).toEqual([kept]);
    expect(withSideClass(values, 'snapshotClasses', { ...kept, isDefault: false }).snapshots).toBeUndefined();
    expect(withoutSideClass(values, 'snapshotClasses', 'kept')).toEqual({});
  });

  it('of attributes have parameters, and no default', () => {
    const fast = { ...NEW_SIDE_CLASS, name: 'fast', parameters: { iops_limit: '5000' }, isDefault: true };
    const values = withSideClass({}, 'volumeAttributesClasses', fast);
    expect(values).toEqual({ volumeAttributesClasses: [{ name: 'fast', parameters: { iops_limit: '5000' } }] });
    expect(sideClasses(values, 'volumeAttributesClasses')).toEqual([{ ...fast, isDefault: false }]);
    expect(check(chartSchema(), values)).toEqual([]);
    expect(withoutSideClass(values, 'volumeAttributesClasses', 'fast')).toEqual({});
  });
});
