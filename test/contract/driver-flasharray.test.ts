import { afterEach, describe, expect, it } from '@jest/globals';
import { NO_CHANGES } from '../../driver/src/domain/volume-changes.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import type { FaultRule } from '../simulator/faults.ts';
import { SimulatedArray } from '../simulator/simulated-array.ts';
import { blank, call, CERTIFICATE, closeAll, EXPIRED, failure, setUp, uniqueName } from '../support/array-over-tls.ts';

const n1 = nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1' });
const n2 = nodeNamed('n2.example', { iqn: 'iqn.2026-01.lab:n2' });
const DAY = 86_400_000;

afterEach(closeAll);

describe.each([
  ['2.4', 2],
  ['2.16', 2],
  ['2.26', 2],
  ['2.39', 1],
  ['newest', 1],
])('at REST %s', (version, createCalls) => {
  const settings = version === 'newest' ? {} : { versions: ['1.19', '2.0', version] };

  it('a volume lives and dies with the fewest calls', async () => {
    const { array, backend, calls } = await setUp(settings);
    const observation = await backend.observe(call());
    expect(observation.protocols).toContain('iscsi');
    calls();
    await backend.observe(call());
    expect(calls()).toHaveLength(2);

    const spec = blank();
    const volume = await backend.createVolume(spec, call());
    expect(calls()).toHaveLength(createCalls);
    expect(volume).toMatchObject({ handle: { arrayId: observation.identity.id, name: spec.name }, sizeBytes: GiB });
    expect(await backend.createVolume(spec, call())).toEqual(volume);
    expect(calls()).toHaveLength(2);

    await backend.publish({ volumeName: spec.name, node: n1, isSingleNode: true }, call());
    await backend.unpublish(spec.name, n1, call());
    calls();
    const context = await backend.publish({ volumeName: spec.name, node: n1, isSingleNode: true }, call());
    expect(calls()).toHaveLength(2);
    expect(context).toEqual({
      protocol: 'iscsi',
      wwid: `3624a9370${volume.serial?.toLowerCase()}`,
      lun: 1,
      targetIqn: array.core.settings.iqn,
      portals: ['10.66.1.50:3260', '10.66.2.50:3260'],
    });
    expect(await backend.publish({ volumeName: spec.name, node: n1, isSingleNode: true }, call())).toEqual(context);
    expect(await backend.publishedNodes(spec.name, call())).toEqual(['n1']);
    calls();

    expect(await backend.expandVolume(spec.name, 2 * GiB, call())).toBe(2 * GiB);
    expect(calls()).toHaveLength(1);
    expect(await backend.expandVolume(spec.name, GiB, call())).toBe(2 * GiB);
    calls();
    await backend.modifyVolume(
      spec.name,
      { ...NO_CHANGES, qos: { iopsLimit: 5000, bandwidthLimitBytesPerSecond: 0 } },
      call(),
    );
    expect(calls()).toHaveLength(1);
    expect((await backend.findVolume(spec.name, call()))?.qos.iopsLimit).toBe(5000);
    await backend.modifyVolume(
      spec.name,
      { ...NO_CHANGES, qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 } },
      call(),
    );
    expect((await backend.findVolume(spec.name, call()))?.qos).toEqual(spec.qos);

    const refusal = await failure(backend.deleteVolume(spec.name, call()));
    expect(refusal.code).toBe('precondition');
    expect(refusal.message).toContain('connected to n1');
    calls();
    await backend.unpublish(spec.name, n1, call());
    expect(calls()).toHaveLength(1);
    await backend.unpublish(spec.name, n1, call());
    calls();
    await backend.deleteVolume(spec.name, call());
    expect(calls()).toHaveLength(1);
    await backend.deleteVolume(spec.name, call());
    await backend.unpublish(spec.name, n1, call());
    expect(await backend.findVolume(spec.name, call())).toBeNull();
    expect(array.violations).toEqual([]);
  });

  it('snapshots and copies', async () => {
    const { array, backend, calls } = await setUp(settings);
    const source = blank();
    const made = await backend.createVolume(source, call());
    calls();
    const snapshot = await backend.createSnapshot(source.name, 'snap-1', call());
    expect(calls()).toHaveLength(1);
    expect(snapshot).toMatchObject({ source: made.handle, sizeBytes: GiB });
    expect(await backend.createSnapshot(source.name, 'snap-1', call())).toEqual(snapshot);
    expect(await backend.findSnapshot(snapshot.handle.name, call())).toEqual(snapshot);
    expect(await backend.hasSnapshots(source.name, call())).toBe(true);
    for (const filter of [
      { prefix: 'k8s-', volumeName: null },
      { prefix: '', volumeName: source.name },
    ]) {
      const listed = await backend.listSnapshots(filter, { limit: 10, token: null }, call());
      expect(listed).toEqual({ items: [snapshot], next: null });
    }

    const copy = blank(uniqueName(), {
      sizeBytes: 2 * GiB,
      source: { kind: 'snapshot', name: snapshot.handle.name },
    });
    const restored = await backend.createVolume(copy, call());
    expect(restored.sizeBytes).toBe(2 * GiB);
    expect(await backend.createVolume(copy, call())).toEqual(restored);
    const clone = blank(uniqueName(), { source: { kind: 'volume', name: source.name } });
    const cloned = await backend.createVolume(clone, call());
    expect(await backend.createVolume(clone, call())).toEqual(cloned);
    expect((await failure(backend.createVolume({ ...clone, source: { kind: 'blank' } }, call()))).code).toBe(
      'already-exists',
    );

    calls();
    await backend.deleteSnapshot(snapshot.handle.name, call());
    expect(calls()).toHaveLength(1);
    await backend.deleteSnapshot(snapshot.handle.name, call());
    expect(await backend.findSnapshot(snapshot.handle.name, call())).toBeNull();
    expect(await backend.hasSnapshots(source.name, call())).toBe(false);
    expect((await failure(backend.createSnapshot(uniqueName(), 's', call()))).code).toBe('not-found');
    expect(array.violations).toEqual([]);
  });
});

it('lets one node at a time have a volume, and names the other', async () => {
  const { backend, connect } = await setUp();
  const other = connect();
  const { name } = blank();
  await backend.createVolume(blank(name), call());
  await backend.publish({ volumeName: name, node: n1, isSingleNode: true }, call());
  const error = await failure(other.publish({ volumeName: name, node: n2, isSingleNode: true }, call()));
  expect(error.code).toBe('precondition');
  expect(error.message).toContain('still connected to n1');
  expect(await backend.publishedNodes(name, call())).toEqual(['n1']);
  await other.publish({ volumeName: name, node: n2, isSingleNode: false }, call());
  expect([...(await other.publishedNodes(name, call()))].sort()).toEqual(['n1', 'n2.example']);
  const listed = await backend.listVolumes('k8s-', { limit: 10, token: null }, call());
  expect(listed.items.map(({ hostNames }) => [...hostNames].sort())).toEqual([['n1', 'n2-example']]);
  await backend.unpublish(name, null, call());
  expect(await backend.publishedNodes(name, call())).toEqual([]);
});

it('of two controllers that publish to two nodes at once, never lets both win', async () => {
  const { backend, connect } = await setUp();
  const other = connect();
  for (let round = 0; round < 10; round += 1) {
    const spec = blank();
    await backend.createVolume(spec, call());
    const results = await Promise.allSettled([
      backend.publish({ volumeName: spec.name, node: n1, isSingleNode: true }, call()),
      other.publish({ volumeName: spec.name, node: n2, isSingleNode: true }, call()),
    ]);
    const won = results.filter(({ status }) => status === 'fulfilled').length;
    expect(won).toBeLessThan(2);
    expect(await backend.publishedNodes(spec.name, call())).toHaveLength(won);
  }
});

it('a readable name can be used again at once', async () => {
  const { backend } = await setUp();
  const first = await backend.createVolume(blank('database'), call());
  await backend.deleteVolume('database', call());
  await backend.deleteVolume('database', call());
  const second = await backend.createVolume(blank('database'), call());
  expect(second.serial).not.toBe(first.serial);
});

it('says when a destroyed volume holds the name', async () => {
  const { backend } = await setUp();
  const spec = blank();
  await backend.createVolume(spec, call());
  await backend.deleteVolume(spec.name, call());
  expect((await failure(backend.createVolume(spec, call()))).message).toContain('held by a destroyed volume');
});

it('lists what it still keeps of deleted volumes, with the time that is left, in one call', async () => {
  const { backend, clock, calls } = await setUp();
  const [early, late] = [uniqueName(), uniqueName()];
  for (const name of [early, late, 'k8s-alive', 'other']) await backend.createVolume(blank(name), call());
  for (const name of [early, 'other']) await backend.deleteVolume(name, call());
  clock.advance(DAY / 4);
  await backend.deleteVolume(late, call());
  calls();
  const { items } = await backend.deletedVolumes('k8s-', 10, call());
  expect(calls()).toHaveLength(1);
  expect(items.map(({ name }) => name)).toEqual([early, late]);
  expect(items.map(({ leftMs }) => Math.ceil((leftMs ?? 0) / (DAY / 4)))).toEqual([3, 4]);
  expect((await backend.deletedVolumes('k8s-', 1, call())).next).not.toBeNull();
});

it('pages through volumes and snapshots', async () => {
  const { backend } = await setUp();
  const names = Array.from({ length: 7 }, uniqueName);
  for (const name of names) await backend.createVolume(blank(name), call());
  await backend.createVolume(blank('foreign'), call());
  const found: string[] = [];
  let token: string | null = null;
  do {
    const page = await backend.listVolumes('k8s-', { limit: 3, token }, call());
    found.push(...page.items.map(item => item.handle.name));
    token = page.next;
  } while (token !== null);
  expect(found.sort()).toEqual(names);
  expect(await backend.findVolumes([...names.slice(0, 2), 'absent'], call())).toHaveLength(2);
});

describe('faults', () => {
  const strike = (array: SimulatedArray, kind: FaultRule['kind'], method: string, path: string, more = {}): void =>
    void array.faults.add({ kind, method, path, times: 1, ...more });

  it.each(['answer-lost', 'truncated-json', 'html', 'reset'] as const)(
    'a create whose answer is "%s" is in doubt; the repeat gives one volume',
    async kind => {
      const { array, backend } = await setUp();
      await backend.observe(call());
      strike(array, kind, 'POST', 'volumes');
      const spec = blank();
      expect(await failure(backend.createVolume(spec, call()))).toMatchObject({ finality: 'in-doubt' });
      const volume = await backend.createVolume(spec, call());
      expect(await backend.findVolume(spec.name, call())).toEqual(volume);
    },
  );

  it('every other write can be repeated after its answer was lost', async () => {
    const { array, backend } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    const publish = { volumeName: spec.name, node: n1, isSingleNode: true };
    const steps: readonly (readonly [string, string, () => Promise<unknown>])[] = [
      ['POST', 'hosts', () => backend.publish(publish, call())],
      ['POST', 'connections', () => backend.publish(publish, call())],
      ['PATCH', 'volumes', () => backend.expandVolume(spec.name, 3 * GiB, call())],
      ['POST', 'volume-snapshots', () => backend.createSnapshot(spec.name, 's1', call())],
      ['PATCH', 'volume-snapshots', () => backend.deleteSnapshot(`${spec.name}.s1`, call())],
      ['DELETE', 'connections', () => backend.unpublish(spec.name, n1, call())],
      ['PATCH', 'volumes', () => backend.deleteVolume(spec.name, call())],
    ];
    for (const [method, path, step] of steps) {
      array.faults.clear();
      strike(array, 'answer-lost', method, path);
      expect(await failure(step())).toMatchObject({ code: 'unavailable', finality: 'in-doubt' });
      await step();
    }
    expect(await backend.findVolume(spec.name, call())).toBeNull();
  });

  it.each(['401', '429', '503', '500'] as const)(
    'gets over %s',
    async kind => {
      const { array, backend } = await setUp();
      await backend.observe(call());
      strike(array, kind, 'POST', 'volumes', { retryAfterSec: 1 });
      await expect(backend.createVolume(blank(), call())).resolves.toMatchObject({ sizeBytes: GiB });
    },
    30_000,
  );

  it('a session that ends under 30 requests costs one login', async () => {
    const { array, backend, clock } = await setUp();
    await backend.observe(call());
    clock.advance(31 * 60_000);
    array.log.clear();
    await Promise.all(Array.from({ length: 30 }, () => backend.createVolume(blank(), call())));
    expect(array.log.entries().filter(({ url }) => url.endsWith('/login'))).toHaveLength(1);
  });

  it('an array that is off fails at once and is found again', async () => {
    const { array, backend, calls } = await setUp();
    array.isDown = true;
    for (let index = 0; index < 6; index += 1) await failure(backend.observe(call(1_000)));
    calls();
    const error = await failure(backend.createVolume(blank(), call()));
    expect(calls()).toEqual([]);
    expect(error).toMatchObject({ code: 'unavailable', finality: 'final' });
    array.isDown = false;
    const observation = async (): Promise<string> => {
      for (;;) {
        const seen = await backend.observe(call()).catch(() => null);
        if (seen) return seen.identity.name;
        await systemClock.sleep(100);
      }
    };
    expect(await observation()).toBe('fa1');
  });

  it('an array that is full says so', async () => {
    const { backend } = await setUp({ maxVolumes: 0 });
    expect((await failure(backend.createVolume(blank(), call()))).code).toBe('no-capacity');
  });
});

describe('what keeps the driver out', () => {
  it.each([
    ['a wrong token', { apiToken: 'wrong-canary-token' }, 'unauthenticated', /refused the API token/],
    ['no authority', { caBundle: null }, 'unavailable', /no authority this driver trusts/],
    ['another fingerprint', { certificateSha256: 'ab'.repeat(32) }, 'unavailable', /not the one pinned/],
    ['a read-only token', { apiToken: 'reader' }, 'unauthenticated', /does not allow this/],
  ])('%s, in words, without the token', async (_what, more, code, words) => {
    const { connect } = await setUp();
    const error = await failure(connect(more).createVolume(blank(), call()));
    expect(error).toMatchObject({ code, finality: 'final' });
    expect(error.message).toMatch(/^Array 127\.0\.0\.1:\d+/);
    expect(error.message).toMatch(words);
    expect(error.nextStep).not.toBe('');
    expect(error.sentence).not.toMatch(/canary/);
  });

  it('an expired certificate', async () => {
    const { backend } = await setUp({}, EXPIRED);
    expect((await failure(backend.observe(call()))).message).toContain('its TLS certificate has expired');
  });

  it('an array that is too old', async () => {
    const { backend } = await setUp({ versions: ['1.19', '2.0', '2.2'] });
    expect(await failure(backend.observe(call()))).toMatchObject({ code: 'unsupported' });
  });

  it('the right fingerprint needs no authority', async () => {
    const { connect } = await setUp();
    const pinned = connect({ caBundle: null, certificateSha256: CERTIFICATE.sha256 });
    expect((await pinned.observe(call())).identity.name).toBe('fa1');
  });
});
