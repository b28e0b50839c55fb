import { describe, expect, it } from '@jest/globals';
import type { NodeReport } from '../domain/node-report.ts';
import type { Logger } from '../lib/logger.ts';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { StorageNode } from './storage-node.ts';
import { ObjectStore } from './testing/object-store.ts';

const PATH = '/apis/pure-pso.io/v1alpha1/storagenodes/n1';
const MINUTE = 60_000;

const facts = {
  driverVersion: '1.2.3',
  addresses: ['10.0.0.1'],
  initiators: { iqn: 'iqn.2026-01.lab:n1' },
  topology: { 'topology.kubernetes.io/zone': 'a' },
  paths: { sessions: 2, sessionsDown: 0, volumes: 1, pathsDown: 0 },
  findings: [],
};
const healthy: NodeReport = { name: 'n1', uid: 'u1', ...facts };
const finding = { check: 'multipath-paths', severity: 'Warning', message: '1 of 2 paths is down.' } as const;

function bench(report = healthy) {
  const client = new ObjectStore();
  const clock = new ManualClock();
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message) };
  const world = { report, isReadable: true };
  const read = () => (world.isReadable ? Promise.resolve(world.report) : Promise.reject(new Error('unreadable')));
  const stop = new AbortController();
  const done = new StorageNode({ client, clock, logger, read }).run(stop.signal);
  const close = async () => {
    stop.abort();
    await done;
  };
  return { client, clock, warnings, world, close };
}

describe('StorageNode', () => {
  it('shows its node, goes with it, and is written when something changed', async () => {
    const { client, clock, world, close } = bench();
    await clock.advance(0);
    expect(client.objects.get(PATH)).toMatchObject({
      metadata: { name: 'n1', ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u1' }] },
      status: { ...facts, reportedAt: '2026-01-01T00:00:00.000Z' },
    });
    await clock.advance(10 * MINUTE);
    expect(client.writes).toHaveLength(2);
    world.report = { ...healthy, findings: [finding] };
    await clock.advance(MINUTE);
    expect(client.writes).toHaveLength(3);
    expect(client.objects.get(PATH)?.status).toMatchObject({ findings: [finding] });
    await clock.advance(16 * MINUTE);
    expect(client.writes).toHaveLength(4);
    await close();
  });

  it('is made again when somebody deleted it', async () => {
    const { client, clock, close } = bench();
    await clock.advance(0);
    client.objects.clear();
    await clock.advance(20 * MINUTE);
    expect(client.objects.has(PATH)).toBe(true);
    await close();
  });

  it('belongs to no Node that is not known', async () => {
    const { client, clock, close } = bench({ ...healthy, uid: '' });
    await clock.advance(0);
    expect(client.objects.get(PATH)?.metadata).not.toHaveProperty('ownerReferences');
    await close();
  });

  it.each([
    [404, /does not know StorageNodes/],
    [403, /status 403/],
  ])('says once that status %i came', async (status, sentence) => {
    const { client, clock, warnings, close } = bench();
    client.refusal = { text: 'storagenodes', status };
    await clock.advance(30 * MINUTE);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(sentence);
    client.refusal = null;
    await clock.advance(MINUTE);
    expect(client.objects.has(PATH)).toBe(true);
    await close();
  });

  it('waits for what can’t be read now', async () => {
    const { client, clock, world, close } = bench();
    world.isReadable = false;
    await clock.advance(5 * MINUTE);
    world.isReadable = true;
    await clock.advance(MINUTE);
    expect(client.objects.has(PATH)).toBe(true);
    await close();
  });
});
