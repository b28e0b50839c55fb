import { beforeEach, describe, expect, it } from '@jest/globals';
import { ARRAY_ID, FlashArrayBench, link, NAME, spec, volume } from '../../../../test/support/flasharray-bench.ts';
import { items, json, refusal, TOKEN, type ScriptedTransport } from '../../../../test/support/scripted-transport.ts';
import { GiB } from '../../domain/bytes.ts';
import type { FlashArrayBackend } from './flasharray-backend.ts';

let bench: FlashArrayBench;
let array: ScriptedTransport;
let backend: FlashArrayBackend;

beforeEach(() => {
  bench = new FlashArrayBench();
  ({ array, backend } = bench);
});

describe('snapshots', () => {
  const item = { name: `${NAME}.s1`, source: { name: NAME }, provisioned: GiB, created: 5, destroyed: false };
  const snapshot = {
    handle: { arrayId: ARRAY_ID, name: `${NAME}.s1` },
    source: { arrayId: ARRAY_ID, name: NAME },
    sizeBytes: GiB,
    createdAtMs: 5,
  };

  it('take one call each to make and delete; a repeat gives the same', async () => {
    await bench.warm();
    array
      .on('POST /volume-snapshots', items(item), refusal('Volume snapshot already exists.'))
      .on('GET /volume-snapshots', items(item))
      .on('PATCH /volume-snapshots', items(item));
    expect(await backend.createSnapshot(NAME, 's1', bench.call())).toEqual(snapshot);
    await backend.deleteSnapshot(`${NAME}.s1`, bench.call());
    expect(array.calls).toEqual([
      `POST /volume-snapshots?source_names=${NAME}`,
      `PATCH /volume-snapshots?names=${NAME}.s1`,
    ]);
    expect(await backend.createSnapshot(NAME, 's1', bench.call())).toEqual(snapshot);
  });
  it.each(['', '-a', '12', 'a_b', 'x'.repeat(64)])('refuse the suffix "%s" before anything is sent', async suffix => {
    expect((await bench.failure(backend.createSnapshot(NAME, suffix, bench.call()))).code).toBe('invalid');
    expect(array.calls).toEqual([]);
  });
  it('are never deleted by the name of a volume', async () => {
    expect((await bench.failure(backend.deleteSnapshot(NAME, bench.call()))).code).toBe('invalid');
    expect(array.calls).toEqual([]);
  });
  it.each([
    'No such volume or snapshot.',
    'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.',
  ])('are deleted when the array says "%s"', async message => {
    array.on('PATCH /volume-snapshots', refusal(message));
    await expect(backend.deleteSnapshot(`${NAME}.s1`, bench.call())).resolves.toBeUndefined();
  });
  it('are counted in one call, none for a volume that is gone', async () => {
    await bench.warm();
    array.on('GET /volume-snapshots', items(item), refusal('Volume does not exist.'));
    expect(await backend.hasSnapshots(NAME, bench.call())).toBe(true);
    expect(array.calls).toHaveLength(1);
    expect(await backend.hasSnapshots(NAME, bench.call())).toBe(false);
  });
});

describe('observe', () => {
  const space = { capacity: 1000, space: { total_used: 400, total_provisioned: null, used_provisioned: 900 } };
  beforeEach(() => {
    array
      .on('GET /arrays/space', items(space))
      .on('GET /arrays/performance', items())
      .on('GET /controllers', items({ name: 'CT0', status: 'ready', model: 'FA-X70R3' }))
      .on('GET /network-interfaces', items({ name: 'ct0.eth5', enabled: true, services: ['nvme-tcp'] }))
      .on('GET /alerts', items({ severity: 'critical', summary: 'Shelf lost.' }, { severity: 'info', summary: 'x' }));
  });

  it('is two calls when warm, and tolerates an array without samples', async () => {
    const first = await backend.observe(bench.call());
    expect(first).toMatchObject({
      identity: { id: ARRAY_ID, name: 'fa1', kind: 'flasharray', model: 'FA-X70R3', restVersion: '2.42' },
      capacity: { totalBytes: 1000, usedBytes: 400, provisionedBytes: 900 },
      load: null,
      protocols: ['iscsi', 'nvme-tcp'],
      warnings: ['Open alert (critical): Shelf lost.'],
    });
    array.calls.length = 0;
    await bench.clock.advance(30_000);
    await backend.observe(bench.call());
    expect([...array.calls].sort()).toEqual(['GET /arrays/performance', 'GET /arrays/space']);
    await bench.clock.advance(600_000);
    await backend.observe(bench.call());
    expect(array.calls).toContain('GET /controllers');
  });

  it('weighs latency by operations', async () => {
    array.on(
      'GET /arrays/performance',
      items({
        reads_per_sec: 300,
        writes_per_sec: 100,
        usec_per_read_op: 100,
        usec_per_write_op: 500,
        queue_usec_per_read_op: null,
      }),
    );
    expect((await backend.observe(bench.call())).load).toEqual({
      iops: 400,
      bytesPerSecond: 0,
      latencyMicroseconds: 200,
      queueMicroseconds: 0,
    });
  });

  it('knows a Cloud Block Store by its controllers, and names one that is not ready', async () => {
    array.on(
      'GET /controllers',
      items({ name: 'CT0', status: 'ready', model: 'CBS-V20MP2R2' }, { name: 'CT1', status: 'not ready', model: '' }),
    );
    const seen = await backend.observe(bench.call());
    expect(seen.identity.kind).toBe('cloud-block-store');
    expect(seen.warnings).toContain('Controller CT1 is not ready.');
  });
});

it('lists a page with hosts in two calls, and reads connections once for all pages', async () => {
  await bench.warm();
  array
    .on(
      'GET /volumes?filter',
      json(200, { items: [volume({ connection_count: 1 })], more_items_remaining: true, continuation_token: 't1' }),
      items(volume({ name: 'k8s-b', connection_count: 1 })),
    )
    .on('GET /connections', items(link('n1'), { ...link('n2'), volume: { name: 'k8s-b' } }));
  const first = await backend.listVolumes('k8s-', { limit: 1, token: null }, bench.call());
  expect(first).toMatchObject({ items: [{ handle: { name: NAME }, hostNames: ['n1'] }], next: 't1' });
  const second = await backend.listVolumes('k8s-', { limit: 1, token: first.next }, bench.call());
  expect(second).toMatchObject({ items: [{ hostNames: ['n2'] }], next: null });
  expect(array.calls).toHaveLength(3);
});

it('looks for many volumes in one call, missing ones left out', async () => {
  await bench.warm();
  array.on('GET /volumes?filter', items(volume()));
  expect(await backend.findVolumes([NAME, 'k8s-x'], bench.call())).toHaveLength(1);
  expect(array.calls).toEqual([`GET /volumes?filter=name=('${NAME}','k8s-x') and destroyed='false'`]);
});

it('shows the token in no error', async () => {
  array.on('POST /login', json(403, { errors: [{ message: `token ${TOKEN} is bad` }] }));
  const error = await bench.failure(backend.createVolume(spec, bench.call()));
  expect(error.code).toBe('unauthenticated');
  let link: unknown = error;
  while (link instanceof Error) {
    expect(JSON.stringify(link, Object.getOwnPropertyNames(link))).not.toContain(TOKEN);
    link = link.cause;
  }
});
