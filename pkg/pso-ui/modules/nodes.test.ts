import { describe, expect, it } from '@jest/globals';
import { arrayRows } from './arrays.ts';
import { nodeRows, type StorageNode } from './nodes.ts';
import type { StorageArrayStatus } from './storage-array.ts';

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const FRESH = '2026-01-01T11:50:00Z';
const array = (name: string, status: StorageArrayStatus) => ({
  metadata: { name },
  status: { health: 'Healthy' as const, ...status },
});
const node = (name: string, status: NonNullable<StorageNode['status']>): StorageNode => ({
  metadata: { name },
  status: { reportedAt: FRESH, addresses: ['10.0.0.1'], ...status },
});

describe('the doctor matrix', () => {
  const arrays = arrayRows(null, [
    array('iscsi', { family: 'flasharray', protocols: ['iscsi', 'nvme-tcp'] }),
    array('fc', { family: 'flasharray', protocols: ['fc'] }),
    array('nfs', { family: 'flashblade', protocols: ['nfs'] }),
    array('away', { family: 'flasharray', health: 'Trouble', protocols: ['iscsi'] }),
    array('mute', { family: 'flasharray' }),
  ]);
  const cells = (one: StorageNode) =>
    nodeRows([], [one], arrays, NOW_MS)[0]?.cells.map(cell => [cell.arrayId, cell.state, cell.reason]);

  it('says of each node and array whether and how they meet', () => {
    expect(cells(node('n', { initiators: { iqn: 'iqn.x' } }))).toEqual([
      ['iscsi', 'ok', 'ready'],
      ['fc', 'blocked', 'noInitiator'],
      ['nfs', 'ok', 'ready'],
      ['away', 'blocked', 'arrayDown'],
      ['mute', 'unclear', 'unknownArray'],
    ]);
    expect(cells(node('n', { initiators: { nqn: 'nqn.x', wwpns: ['50:0'] }, addresses: [] }))?.slice(0, 3)).toEqual([
      ['iscsi', 'ok', 'ready'],
      ['fc', 'ok', 'ready'],
      ['nfs', 'blocked', 'noAddress'],
    ]);
  });

  it('warns of lost paths where they matter', () => {
    const lame = node('n', { initiators: { iqn: 'iqn.x' }, paths: { pathsDown: 1, volumes: 3, sessions: 2 } });
    expect(
      cells(lame)
        ?.slice(0, 3)
        .map(([, state]) => state),
    ).toEqual(['warning', 'blocked', 'ok']);
    expect(nodeRows([], [lame], [], NOW_MS)).toMatchObject([{ pathsDown: 1, volumes: 3, sessions: 2 }]);
  });

  it('has a line for each node, also for one that says nothing', () => {
    const finding = (severity: 'Warning' | 'Error') => ({ check: 'x', severity, message: 'Do it.' });
    const rows = nodeRows(
      ['b', 'a'],
      [
        node('a', { findings: [finding('Warning')] }),
        node('c', { findings: [finding('Warning'), finding('Error')] }),
        node('d', { reportedAt: '2026-01-01T11:00:00Z' }),
        node('e', {}),
        { metadata: { name: 'f' } },
      ],
      arrays.slice(0, 1),
      NOW_MS,
    );
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'warning'],
      ['b', 'silent'],
      ['c', 'error'],
      ['d', 'silent'],
      ['e', 'ok'],
      ['f', 'silent'],
    ]);
    expect(rows[1]?.cells).toMatchObject([{ state: 'unclear', reason: 'silent' }]);
  });
});
