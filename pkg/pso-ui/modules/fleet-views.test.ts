import { describe, expect, it } from '@jest/globals';
import { draftChanges, withCordon } from './fleet-file.ts';
import { answerOf, clusterRow, sharedArrays } from './fleet-of-clusters.ts';
import { deletedRows, readableLeft } from './recover.ts';
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
  const nowMs = Date.parse('2026-01-01T12:00:00Z');

  it('are unknown where no driver reports them, and counted down where one does', () => {
    expect(deletedRows([array('a', {})], nowMs)).toBeNull();
    expect(deletedRows([array('a', { deleted: [] }), array('b', {})], nowMs)).toEqual([]);
    const rows = deletedRows(
      [
        array('a', { deleted: [{ name: 'late', erasedAt: '2026-01-02T12:00:00Z', sizeBytes: 5 }, { name: 'who' }] }),
        { metadata: { name: 'b' }, status: { deleted: [{ name: 'due', erasedAt: '2026-01-01T11:00:00Z' }] } },
      ],
      nowMs,
    );
    expect(rows?.map(({ id, array: on, leftMs, sizeBytes }) => [id, on, leftMs, sizeBytes])).toEqual([
      ['b/due', 'b', 0, null],
      ['a/late', 'fa-a', 86_400_000, 5],
      ['a/who', 'fa-a', null, null],
    ]);
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
