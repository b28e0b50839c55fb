import { describe, expect, it } from '@jest/globals';
import type { ArrayState } from '../domain/array.ts';
import type { Logger } from '../lib/logger.ts';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { Leadership } from './leadership.ts';
import { StorageArrays } from './storage-arrays.ts';
import { ObjectStore } from './testing/object-store.ts';

const COLLECTION = '/apis/pure-pso.io/v1alpha1/storagearrays';
const MINUTE = 60_000;

const array = (endpoint: string, trouble: string | null = null, usedBytes = 1): ArrayState => ({
  settings: { endpoint, kind: 'flasharray', labels: {}, cordoned: false },
  trouble,
  observation: {
    identity: { id: endpoint, name: endpoint, kind: 'flasharray', model: 'm', purityVersion: '6', restVersion: '2.26' },
    capacity: { totalBytes: 100, usedBytes, provisionedBytes: null },
    load: null,
    protocols: [],
    supportsQos: true,
    warnings: [],
    observedAtMs: 0,
  },
});

function bench() {
  const client = new ObjectStore();
  const clock = new ManualClock();
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_fields, message) => void warnings.push(message) };
  const world = { arrays: [array('fa1'), array('fa2')], isWhole: true };
  const start = (identity: string) => {
    const stop = new AbortController();
    const leadership = new Leadership({ client, clock, logger, namespace: 'pure-pso', name: 'lease-x', identity });
    const parts = { arrays: () => world.arrays, isWhole: () => world.isWhole, pollMs: MINUTE };
    const done = new StorageArrays({ client, clock, logger, leadership, ...parts }).run(stop.signal);
    return {
      stop: async () => {
        stop.abort();
        await done;
      },
    };
  };
  const arrayWrites = () => client.writes.filter(write => write.includes(COLLECTION));
  const status = (name: string) => client.objects.get(`${COLLECTION}/${name}`)?.status;
  return { client, clock, warnings, world, start, arrayWrites, status };
}

describe('StorageArrays', () => {
  it('shows every array, writes what changed at most once a poll, and the rest now and then', async () => {
    const { client, clock, world, start, arrayWrites, status } = bench();
    const { stop } = start('one');
    await clock.advance(0);
    expect(client.names(COLLECTION)).toEqual(['fa1', 'fa2']);
    expect(client.objects.get(`${COLLECTION}/fa1`)).toMatchObject({ spec: { endpoint: 'fa1' } });
    expect(status('fa1')).toMatchObject({ health: 'Healthy', capacity: { usedPercent: 1 } });
    expect(arrayWrites()).toHaveLength(4);
    await clock.advance(4 * MINUTE);
    expect(arrayWrites()).toHaveLength(4);
    world.arrays = [array('fa1', null, 50), array('fa2')];
    await clock.advance(MINUTE / 2);
    world.arrays = [array('fa1', null, 60), array('fa2')];
    await clock.advance(MINUTE / 2);
    expect(arrayWrites().slice(4)).toEqual([`PATCH ${COLLECTION}/fa1/status`, `PATCH ${COLLECTION}/fa2/status`]);
    await clock.advance(MINUTE);
    expect(status('fa1')).toMatchObject({ capacity: { usedPercent: 60 } });
    await stop();
  });

  it('shows trouble within seconds', async () => {
    const { clock, world, start, status } = bench();
    const { stop } = start('one');
    await clock.advance(1000);
    world.arrays = [array('fa1', 'fa1 cannot be reached.'), array('fa2')];
    await clock.advance(20_000);
    expect(status('fa1')).toMatchObject({ health: 'Trouble', trouble: 'fa1 cannot be reached.' });
    await stop();
  });

  it('is written by one of two replicas, and by the other when that one ends', async () => {
    const { clock, world, start, arrayWrites, status } = bench();
    const one = start('one');
    await clock.advance(0);
    const two = start('two');
    await clock.advance(3 * MINUTE);
    expect(arrayWrites()).toHaveLength(4);
    await one.stop();
    world.arrays = [array('fa1', 'gone'), array('fa2')];
    await clock.advance(20_000);
    expect(status('fa1')).toMatchObject({ health: 'Trouble' });
    await two.stop();
  });

  it('leaves what was known of an array that was not asked yet', async () => {
    const { clock, world, start, status } = bench();
    await start('one').stop();
    world.arrays = [{ ...array('fa1'), observation: null }, array('fa2')];
    const { stop } = start('two');
    await clock.advance(MINUTE);
    expect(status('fa1')).toMatchObject({ health: 'Healthy' });
    await stop();
  });

  it('removes the object of an array that is no longer configured', async () => {
    const { client, clock, world, start } = bench();
    await start('one').stop();
    world.arrays = [array('fa2')];
    const { stop } = start('two');
    await clock.advance(0);
    expect(client.names(COLLECTION)).toEqual(['fa2']);
    await stop();
  });

  it.each([
    ['no array is configured', [], true],
    ['an entry is wrong', [array('fa2')], false],
  ])('removes none while %s', async (_when, arrays, isWhole) => {
    const { client, clock, world, start } = bench();
    const { stop } = start('one');
    await clock.advance(0);
    Object.assign(world, { arrays, isWhole });
    await clock.advance(10 * MINUTE);
    expect(client.names(COLLECTION)).toEqual(['fa1', 'fa2']);
    await stop();
  });

  it('makes again what somebody deleted', async () => {
    const { client, clock, start } = bench();
    const { stop } = start('one');
    await clock.advance(0);
    client.objects.delete(`${COLLECTION}/fa1`);
    await clock.advance(6 * MINUTE);
    expect(client.names(COLLECTION)).toContain('fa1');
    await stop();
  });

  it.each([
    [404, /does not know StorageArrays/],
    [403, /status 403/],
  ])('says once that status %i came, and goes on when it no longer does', async (status, sentence) => {
    const { client, clock, warnings, start } = bench();
    client.refusal = { text: COLLECTION, status };
    const { stop } = start('one');
    await clock.advance(60 * MINUTE);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(sentence);
    client.refusal = null;
    await clock.advance(2 * MINUTE);
    expect(client.names(COLLECTION)).toEqual(['fa1', 'fa2']);
    await stop();
  });

  it('is there seconds after its definitions, and after each array has answered', async () => {
    const { client, clock, warnings, world, start, status } = bench();
    client.refusal = { text: COLLECTION, status: 404 };
    world.arrays = [{ ...array('fa1'), observation: null }, array('fa2')];
    const { stop } = start('one');
    await clock.advance(4000);
    client.refusal = null;
    await clock.advance(3000);
    expect(client.names(COLLECTION)).toContain('fa2');
    world.arrays = [array('fa1'), array('fa2')];
    await clock.advance(3000);
    expect(status('fa1')).toMatchObject({ health: 'Healthy' });
    expect(warnings).toEqual([]);
    await stop();
  });

  it('outlives an API server that is away', async () => {
    const { client, clock, warnings, start } = bench();
    client.isDown = true;
    const { stop } = start('one');
    await clock.advance(10 * MINUTE);
    client.isDown = false;
    await clock.advance(MINUTE);
    expect(client.names(COLLECTION)).toEqual(['fa1', 'fa2']);
    expect(warnings).toEqual([]);
    await stop();
  });
});
