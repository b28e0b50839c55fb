import { describe, expect, it } from '@jest/globals';
import type { KeptVolumes } from '../../../driver/src/domain/deleted-volume.ts';
import { draftChanges, withCordon } from './fleet-file.ts';
import { answerOf, clusterRow, sharedArrays } from './fleet-of-clusters.ts';
import { deletedRows, longArrays, noneKey, readableLeft, unknownArrays } from './recover.ts';
import { readableBytes } from './size.ts';
import type { StorageArray, StorageArrayStatus } from './storage-array.ts';

const array = (name: string, status: StorageArrayStatus): StorageArray => ({
  metadata: { name },
  status: { arrayName: `fa-${name}`, ...status },
});

describe('all clusters', () => {
  const capacity = { totalBytes: 100, usedBytes: 40, usedPercent: 40 };
  const near = clusterRow('c-1', 'near', {
    state: 'seen',
    arrays: [array('a', { arrayID: 'u1', health: 'Trouble', capacity }), array('b', { health: 'Healthy' })],
  });
  const far = clusterRow('c-2', 'far', {
    state: 'seen',
    arrays: [array('a', { arrayID: 'u1', health: 'Healthy', capacity })],
  });

  it('tell an array once that several use, by the cluster that reaches it', () => {
    const shared = sharedArrays([near, far]);
    expect(shared.map(({ array: { name, isUp }, clusters }) => [name, isUp, clusters])).toEqual([
      ['fa-a', true, ['near', 'far']],
      ['fa-b', true, ['near']],
    ]);
    expect(sharedArrays([far, near])[0]?.array.isUp).toBe(true);
    expect(near.figures).toMatchObject({ all: 2, up: 1, totalBytes: 100 });
  });

  it('are told apart by what keeps them from being seen', () => {
    expect([404, 403, 401, 500, undefined].map(answerOf)).toEqual([
      'no-driver',
      'no-right',
      'no-right',
      'silent',
      'silent',
    ]);
    expect(clusterRow('c-3', 'away', { state: 'silent' })).toMatchObject({ arrays: [], figures: { all: 0 } });
  });
});

describe('deleted volumes', () => {
  const kept = (name: string, more: Partial<KeptVolumes> = {}): KeptVolumes => ({
    endpoint: `${name}.example`,
    name,
    volumes: [],
    isWhole: true,
    trouble: null,
    ...more,
  });

  it('are counted down since the driver was asked, those first that go first', () => {
    const volumes = [
      { name: 'late', sizeBytes: 5, leftMs: 86_400_000 },
      { name: 'who', sizeBytes: 1, leftMs: null },
    ];
    const due = { name: 'due', sizeBytes: 2, leftMs: 500 };
    const rows = deletedRows([kept('a', { volumes }), kept('b', { volumes: [due] })], 1000);
    expect(rows.map(({ id, array: on, leftMs, sizeBytes }) => [id, on, leftMs, sizeBytes])).toEqual([
      ['b.example/due', 'b', 0, 2],
      ['a.example/late', 'a', 86_399_000, 5],
      ['a.example/who', 'a', null, 1],
    ]);
  });

  it('of an array that did not answer, or keeps more than it lists, are told apart from none', () => {
    const arrays = [kept('a'), kept('b', { isWhole: false, trouble: 'It is down.' }), kept('c', { isWhole: false })];
    expect(unknownArrays(arrays).map(({ name }) => name)).toEqual(['b']);
    expect(longArrays(arrays).map(({ name }) => name)).toEqual(['c']);
    expect(noneKey(arrays)).toBe('pso.recover.noneKnown');
    expect(noneKey([kept('a')])).toBe('pso.recover.none');
  });

  it('say how long in words', () => {
    expect([0, 59_999, 3_540_000, 86_340_000, 180_000_000].map(readableLeft)).toEqual([
      '0 min',
      '0 min',
      '59 min',
      '23 h 59 min',
      '2 d 2 h',
    ]);
  });
});

describe('sizes', () => {
  it('are read in powers of 1024', () => {
    const bytes = [null, 0, 512, 1024, 1536, 150 * 1024 ** 2, 2 * 1024 ** 4, 3000 * 1024 ** 5];
    expect(bytes.map(readableBytes)).toEqual(['–', '0 B', '512 B', '1 KiB', '1.5 KiB', '150 MiB', '2 TiB', '3000 PiB']);
  });
});

describe('an edit of the fleet', () => {
  const draft = (id: string, item: object) => ({ id, list: 'FlashArrays', item: { ...item }, hasSecret: true });
  const before = [
    draft('FlashArrays/0', { MgmtEndPoint: 'a', Labels: { env: 'x' } }),
    draft('FlashArrays/1', { MgmtEndPoint: 'b' }),
  ];

  it('is reviewed by array and key', () => {
    const after = [
      draft('FlashArrays/0', { MgmtEndPoint: 'a', Labels: { env: 'y' } }),
      draft('FlashArrays/2', { MgmtEndPoint: 'c' }),
    ];
    expect(draftChanges(before, after)).toEqual([
      { path: ['FlashArrays', 'a', 'Labels', 'env'], before: 'x', after: 'y' },
      { path: ['FlashArrays', 'b', 'MgmtEndPoint'], before: 'b', after: undefined },
      { path: ['FlashArrays', 'c', 'MgmtEndPoint'], before: undefined, after: 'c' },
    ]);
    expect(draftChanges(before, before)).toEqual([]);
  });

  it('cordons one array, and leaves no trace when it is undone', () => {
    const cordoned = withCordon(before, 'b', true);
    expect(draftChanges(before, cordoned)).toEqual([
      { path: ['FlashArrays', 'b', 'cordoned'], before: undefined, after: true },
    ]);
    expect(withCordon(cordoned, 'b', false)).toEqual(before);
  });
});
