import { describe, expect, it } from '@jest/globals';
import { arrayRows } from './arrays.ts';
import { complaintsOf, fleetLoad } from './fleet-health.ts';
import { nodeRows } from './nodes.ts';
import type { StorageArray, StorageArrayStatus } from './storage-array.ts';

const array = (name: string, status: StorageArrayStatus): StorageArray => ({ metadata: { name }, status });
const load = (operationsPerSecond: number, bytesPerSecond: number, latencyMicroseconds: number) => ({
  operationsPerSecond,
  bytesPerSecond,
  latencyMicroseconds,
});

describe('the load of a fleet', () => {
  it('is the sum over arrays that answer, and the worst latency with its array', () => {
    const objects = [
      array('a', { arrayName: 'fa-a', health: 'Healthy', load: load(100, 10, 300) }),
      array('b', { health: 'Warning', load: load(50, 5, 900) }),
      array('c', { health: 'Trouble', load: load(1e6, 1e6, 1e6) }),
      array('d', { health: 'Healthy' }),
    ];
    expect(fleetLoad(objects)).toEqual({
      operationsPerSecond: 150,
      bytesPerSecond: 15,
      worst: { array: 'b', latencyMicroseconds: 900 },
    });
    expect(fleetLoad([])).toBeNull();
  });
});

describe('what needs attention', () => {
  it('is every complaint of an array and of a node, what stops work first', () => {
    const arrays = arrayRows(null, [
      array('a', { arrayName: 'fa-a', health: 'Warning', warnings: ['A fan failed.', 'It is nearly full.'] }),
      array('b', { arrayName: 'fa-b', health: 'Trouble', trouble: 'It is away.', warnings: ['It was full.'] }),
      array('c', { arrayName: 'fa-c', health: 'Healthy' }),
    ]);
    const reportedAt = new Date(1e9).toISOString();
    const finding = (severity: 'Warning' | 'Error', message: string) => ({ check: 'x', severity, message });
    const nodes = nodeRows(
      ['n1', 'n2', 'n3'],
      [
        { metadata: { name: 'n1' }, status: { reportedAt } },
        {
          metadata: { name: 'n2' },
          status: { reportedAt, findings: [finding('Warning', 'One path.'), finding('Error', 'No initiator.')] },
        },
      ],
      arrays,
      1e9,
    );
    const told = complaintsOf(arrays, nodes);
    expect(told.map(({ kind, name, sentence, isError }) => [kind, name, sentence, isError])).toEqual([
      ['array', 'fa-b', 'It is away.', true],
      ['node', 'n2', 'No initiator.', true],
      ['array', 'fa-a', 'A fan failed.', false],
      ['array', 'fa-a', 'It is nearly full.', false],
      ['array', 'fa-b', 'It was full.', false],
      ['node', 'n2', 'One path.', false],
      ['node', 'n3', '', false],
    ]);
    expect(told.filter(({ isSilent }) => isSilent).map(({ name }) => name)).toEqual(['n3']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(7);
  });
});
