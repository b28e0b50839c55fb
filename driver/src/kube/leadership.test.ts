import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/manual-clock.ts';
import type { Logger } from '../lib/logger.ts';
import { silentLogger } from '../lib/logger.ts';
import { Leadership } from './leadership.ts';
import { ObjectStore } from './testing/object-store.ts';

function replicas() {
  const client = new ObjectStore();
  const clock = new ManualClock();
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message) };
  const replica = (identity: string) =>
    new Leadership({ client, clock, logger, namespace: 'pure-pso', name: 'lease-x', identity });
  return { client, clock, warnings, one: replica('one'), two: replica('two') };
}

describe('Leadership', () => {
  it('is of the first that asks, as long as it renews', async () => {
    const { clock, one, two } = replicas();
    expect([await one.isMine(), await two.isMine()]).toEqual([true, false]);
    for (let round = 0; round < 20; round += 1) {
      await clock.advance(20_000);
      expect([await one.isMine(), await two.isMine()]).toEqual([true, false]);
    }
  });

  it('goes over a minute after its holder fell silent, and does not come back', async () => {
    const { clock, one, two } = replicas();
    await one.isMine();
    expect(await two.isMine()).toBe(false);
    await clock.advance(60_000);
    expect(await two.isMine()).toBe(false);
    await clock.advance(1000);
    expect(await two.isMine()).toBe(true);
    expect(await one.isMine()).toBe(false);
  });

  it('goes over at once when it is given up, and only by its holder', async () => {
    const { one, two } = replicas();
    await one.isMine();
    await two.release();
    expect(await two.isMine()).toBe(false);
    await one.release();
    expect(await two.isMine()).toBe(true);
  });

  it('is of one of two that try at the same moment', async () => {
    const { clock, one, two } = replicas();
    expect((await Promise.all([one.isMine(), two.isMine()])).sort()).toEqual([false, true]);
    await clock.advance(20_000);
    await one.release();
    await two.release();
    expect((await Promise.all([one.isMine(), two.isMine()])).sort()).toEqual([false, true]);
  });

  it('is nobody’s while the API server is away, and rejects nothing', async () => {
    const { client, one } = replicas();
    client.isDown = true;
    expect(await one.isMine()).toBe(false);
    await one.release();
    client.isDown = false;
    expect(await one.isMine()).toBe(true);
  });

  it('is told once when it is refused, again after it was granted, and not for a conflict', async () => {
    const { client, warnings, one, two } = replicas();
    client.refusal = { text: 'leases', status: 403 };
    expect([await one.isMine(), await one.isMine()]).toEqual([false, false]);
    expect(warnings).toEqual([
      'Lease pure-pso/lease-x can’t be read: the API server answers 403, so this replica does not lead. ' +
        'Give its service account get, create and update of leases in that namespace; the chart does.',
    ]);
    client.refusal = null;
    expect(await one.isMine()).toBe(true);
    expect(await two.isMine()).toBe(false);
    expect(warnings).toHaveLength(1);
    client.refusal = { text: 'leases', status: 403 };
    await one.isMine();
    expect(warnings).toHaveLength(2);
  });

  it('is told once when it may be read and not written', async () => {
    const { client, warnings, one } = replicas();
    client.refusedWrites = 403;
    for (let round = 0; round < 3; round += 1) expect(await one.isMine()).toBe(false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('can’t be written: the API server answers 403');
  });

  it('writes a time that Kubernetes reads', async () => {
    const { client, one } = replicas();
    await one.isMine();
    const [lease] = client.objects.values();
    expect(lease?.spec).toEqual({
      holderIdentity: 'one',
      leaseDurationSeconds: 60,
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
  });
});
