import { describe, expect, it } from '@jest/globals';
import { arrayDetail } from './array-detail.ts';
import { arrayRows } from './arrays.ts';
import type { StorageNode } from './nodes.ts';
import type { StorageArray, StorageArrayStatus } from './storage-array.ts';

const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
const TIB = 1024 ** 4;
const node = (name: string, iqn?: string): StorageNode => ({
  metadata: { name },
  status: { reportedAt: new Date(NOW_MS).toISOString(), ...(iqn === undefined ? {} : { initiators: { iqn } }) },
});
const STATUS: StorageArrayStatus = {
  health: 'Healthy',
  arrayID: 'uuid-1',
  arrayName: 'fa-1',
  model: 'FA-X70R3',
  version: '6.6.11',
  restVersion: '2.44',
  protocols: ['iscsi'],
  capacity: { totalBytes: 20 * TIB, usedBytes: 5 * TIB, usedPercent: 25, provisionedBytes: 30 * TIB },
  load: { operationsPerSecond: 10, bytesPerSecond: 1024 ** 2, latencyMicroseconds: 300, queueMicroseconds: 20 },
  observedAt: '2026-11-22T09:59:00Z',
};
function detailOf(status: StorageArrayStatus | undefined, nodes: readonly StorageNode[] = []) {
  const object: StorageArray = {
    metadata: { name: 'a' },
    spec: { endpoint: 'FA1.example' },
    ...(status === undefined ? {} : { status }),
  };
  const [row] = arrayRows(null, [object]);
  if (!row) throw new Error('No row.');
  return arrayDetail({ ...row, endpoint: 'fa1.example' }, [object], nodes, NOW_MS);
}

describe('the detail of an array', () => {
  it('tells what the driver knows of it', () => {
    const { facts, observedAt } = detailOf(STATUS);
    expect(Object.fromEntries(facts.map(({ name, value }) => [name, value]))).toEqual({
      endpoint: 'fa1.example',
      arrayId: 'uuid-1',
      model: 'FA-X70R3',
      version: '6.6.11',
      restVersion: '2.44',
      protocols: 'iscsi',
      provisioned: '30 TiB',
      throughput: '1 MiB/s',
      queue: '20 µs',
    });
    expect(observedAt).toBe(STATUS.observedAt);
  });

  it('leaves away what nobody knows', () => {
    expect(detailOf(undefined)).toEqual({
      facts: [{ name: 'endpoint', value: 'fa1.example' }],
      observedAt: '',
      troubles: [],
      nodes: 0,
    });
  });

  it('names the nodes that cannot use it, and why', () => {
    const silent = { metadata: { name: 'worker-3' } };
    const { troubles, nodes } = detailOf(STATUS, [node('worker-1', 'iqn.x'), node('worker-2'), silent]);
    expect(nodes).toBe(3);
    expect(troubles.map(trouble => [trouble.node, trouble.cell.reason])).toEqual([
      ['worker-2', 'noInitiator'],
      ['worker-3', 'silent'],
    ]);
  });
});
