import { describe, expect, it } from '@jest/globals';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { blank, call, DATA_ADDRESS, failure, n1, n2, uniqueName, wishes } from '../support/flashblade-bench.ts'; // prettier-ignore
import { flashBladeBenches } from '../support/flashblade-benches.ts';

const setUp = flashBladeBenches();

const N1_RULES = ['10.0.0.1 rw no-squash', 'fd00::1 rw no-squash'];
const N2_RULES = ['10.0.0.2 rw no-squash'];
const publish = (volumeName: string, node = n1, isSingleNode = false) => ({ volumeName, node, isSingleNode });

describe.each(['2.3', '2.16', '2.25', 'newest'])('at REST %s', version => {
  const settings = version === 'newest' ? {} : { versions: ['1.12', '2.0', version] };
  const canCopy = version === '2.25' || version === 'newest';

  it('a file system lives and dies with the fewest calls', async () => {
    const { backend, calls, access } = await setUp(settings);
    const observation = await backend.observe(call());
    expect(observation).toMatchObject({ identity: { name: 'fb1', kind: 'flashblade' }, protocols: ['nfs'] });
    expect(observation.capacity.usedBytes).toBeLessThan(observation.capacity.totalBytes);
    calls();
    await backend.observe(call());
    expect(calls()).toHaveLength(2);

    const spec = blank();
    const volume = await backend.createVolume(spec, call());
    expect(calls()).toHaveLength(1);
    expect(volume).toMatchObject({
      handle: { arrayId: observation.identity.id, name: spec.name },
      sizeBytes: GiB,
      serial: null,
    });
    expect(access(spec.name)).toEqual([]);
    expect(await backend.createVolume(spec, call())).toEqual(volume);
    expect(calls()).toHaveLength(2);

    const context = await backend.publish(publish(spec.name), call());
    expect(calls()).toHaveLength(1);
    expect(context).toEqual({ protocol: 'nfs', server: DATA_ADDRESS, exportPath: `/${spec.name}`, version: 'auto' });
    expect(access(spec.name)).toEqual(N1_RULES);
    await backend.publish(publish(spec.name, n2), call());
    expect(calls()).toHaveLength(1);
    expect(access(spec.name)).toEqual([...N1_RULES, ...N2_RULES]);
    expect(await backend.publishedNodes(spec.name, call())).toEqual(['n1', 'n2.example']);

    calls();
    expect(await backend.expandVolume(spec.name, 2 * GiB, call())).toBe(2 * GiB);
    expect(calls()).toHaveLength(1);
    expect(await backend.expandVolume(spec.name, GiB, call())).toBe(2 * GiB);
    expect((await backend.findVolume(spec.name, call()))?.sizeBytes).toBe(2 * GiB);

    calls();
    const snapshot = await backend.createSnapshot(spec.name, 'snap-1', call());
    expect(calls()).toHaveLength(1);
    expect(await backend.createSnapshot(spec.name, 'snap-1', call())).toEqual(snapshot);
    expect(await backend.hasSnapshots(spec.name, call())).toBe(true);
    expect(await backend.findSnapshot(snapshot.handle.name, call())).toEqual(snapshot);
    calls();
    await backend.deleteSnapshot(snapshot.handle.name, call());
    expect(calls()).toHaveLength(1);
    await backend.deleteSnapshot(snapshot.handle.name, call());
    expect(await backend.hasSnapshots(spec.name, call())).toBe(false);

    expect((await failure(backend.deleteVolume(spec.name, call()))).message).toContain('open to n1, n2.example');
    calls();
    await backend.unpublish(spec.name, n1, call());
    expect(calls()).toHaveLength(1);
    expect(access(spec.name)).toEqual(N2_RULES);
    await backend.unpublish(spec.name, n1, call());
    await backend.unpublish(spec.name, n2, call());
    expect(access(spec.name)).toEqual([]);
    calls();
    await backend.deleteVolume(spec.name, call());
    expect(calls()).toHaveLength(1);
    await backend.deleteVolume(spec.name, call());
    await backend.unpublish(spec.name, n1, call());
    expect(await backend.findVolume(spec.name, call())).toBeNull();
    expect((await failure(backend.publish(publish(spec.name), call()))).code).toBe('not-found');
    expect((await failure(backend.expandVolume(spec.name, 4 * GiB, call()))).code).toBe('not-found');
  });

  it.each([true, false])(
    'a file system has a folder .snapshot when it is wished for: %s',
    async hasSnapshotDirectory => {
      const { backend, blade } = await setUp(settings);
      const spec = blank(uniqueName(), { fileSystem: wishes({ hasSnapshotDirectory }) });
      await backend.createVolume(spec, call());
      await backend.publish(publish(spec.name), call());
      expect(blade.core.state.fileSystems.find(spec.name)?.traits.snapshotDirectory).toBe(hasSnapshotDirectory);
    },
  );

  it(canCopy ? 'copies snapshots and file systems' : 'says that it cannot copy', async () => {
    const { backend, access, blade } = await setUp({ ...settings, copyMs: canCopy ? 150 : 0 });
    const source = blank();
    await backend.createVolume(source, call());
    await backend.publish(publish(source.name), call());
    const snapshot = await backend.createSnapshot(source.name, 'snap-1', call());
    const restored = blank(uniqueName(), {
      sizeBytes: 2 * GiB,
      source: { kind: 'snapshot', name: snapshot.handle.name },
    });
    const clone = blank(uniqueName(), { source: { kind: 'volume', name: source.name } });
    if (!canCopy) {
      const refusal = await failure(backend.createVolume(restored, call()));
      expect(refusal).toMatchObject({ code: 'unsupported', finality: 'final' });
      expect(refusal.sentence).toContain('REST 2.25 or newer');
      expect(blade.liveFileSystems()).toHaveLength(1);
      return;
    }
    for (const spec of [restored, clone]) {
      const made = await backend.createVolume(spec, call());
      expect(made).toMatchObject({ sizeBytes: spec.sizeBytes });
      expect(await backend.createVolume(spec, call())).toEqual(made);
      expect(access(spec.name)).toEqual([]);
    }
    const left = await backend.listSnapshots(
      { prefix: '', volumeName: source.name },
      { limit: 10, token: null },
      call(),
    );
    expect(left.items.map(({ handle }) => handle.name)).toEqual([snapshot.handle.name]);
    const other = { ...clone, source: { kind: 'volume' as const, name: restored.name } };
    expect((await failure(backend.createVolume(other, call()))).code).toBe('already-exists');
  });
});

describe('never loses', () => {
  it('what a node still uses, also when another controller let it in', async () => {
    const { backend, connect, access, blade } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    await connect().publish(publish(spec.name), call());
    const refusal = await failure(backend.deleteVolume(spec.name, call()));
    expect(refusal.id).toBe('volume-connected');
    expect(blade.liveFileSystems()).toHaveLength(1);
    expect(access(spec.name)).toEqual(N1_RULES);
  });
  it('space: a smaller size never reaches the array', async () => {
    const { backend, connect } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    await connect().expandVolume(spec.name, 8 * GiB, call());
    const late = connect();
    expect(await late.expandVolume(spec.name, 4 * GiB, call())).toBe(8 * GiB);
    expect((await backend.findVolume(spec.name, call()))?.sizeBytes).toBe(8 * GiB);
  });
  it('a file system whose answer was lost', async () => {
    const { backend, blade } = await setUp();
    const spec = blank();
    blade.faults.add({ kind: 'answer-lost', method: 'POST', path: 'file-systems', times: 1 });
    expect((await failure(backend.createVolume(spec, call()))).finality).toBe('in-doubt');
    expect(await backend.createVolume(spec, call())).toMatchObject({ sizeBytes: GiB });
    expect(blade.liveFileSystems()).toHaveLength(1);
  });
  it('a name: another size is another file system, a destroyed one holds its name, a readable one is free again', async () => {
    const { backend } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    const other = await failure(backend.createVolume({ ...spec, sizeBytes: 2 * GiB }, call()));
    expect(other).toMatchObject({ code: 'already-exists', finality: 'final' });
    await backend.deleteVolume(spec.name, call());
    expect((await failure(backend.createVolume(spec, call()))).id).toBe('name-held-by-destroyed');
    for (let round = 1; round <= 2; round += 1) {
      await backend.createVolume(blank('k8s-readable'), call());
      await backend.deleteVolume('k8s-readable', call());
    }
    expect(await backend.findVolume('k8s-readable', call())).toBeNull();
  });
});

describe('listings', () => {
  it('show file systems by prefix in pages, with the nodes that are let in', async () => {
    const { backend } = await setUp();
    const names = [uniqueName(), uniqueName(), uniqueName()];
    for (const name of names) await backend.createVolume(blank(name), call());
    await backend.createVolume(blank('other-fs'), call());
    await backend.publish(publish(names[1] ?? '', n2), call());
    const first = await backend.listVolumes('k8s-', { limit: 2, token: null }, call());
    const second = await backend.listVolumes('k8s-', { limit: 2, token: first.next }, call());
    const listed = [...first.items, ...second.items];
    expect(listed.map(({ handle }) => handle.name).sort()).toEqual([...names].sort());
    expect(second.next).toBeNull();
    expect(listed.find(({ handle }) => handle.name === names[1])?.hostNames).toEqual(['n2.example']);
    const found = await backend.findVolumes([names[0] ?? '', 'k8s-nothing'], call());
    expect(found.map(({ handle }) => handle.name)).toEqual([names[0]]);
  });

  it('show what is kept of deleted file systems, with the time that is left', async () => {
    const { backend } = await setUp();
    const [gone, alive] = [uniqueName(), uniqueName()];
    for (const name of [gone, alive, 'other-fs']) await backend.createVolume(blank(name), call());
    for (const name of [gone, 'other-fs']) await backend.deleteVolume(name, call());
    const { items, next } = await backend.deletedVolumes('k8s-', 10, call());
    expect(items).toEqual([{ name: gone, sizeBytes: GiB, leftMs: expect.any(Number) }]);
    expect(next).toBeNull();
  });
});

describe('session', () => {
  it('is renewed when it ends, and logged out at the end', async () => {
    const { backend, blade, connect } = await setUp();
    await backend.observe(call());
    blade.faults.add({ kind: '401', method: 'GET', path: 'arrays/space', times: 1 });
    expect((await backend.observe(call())).identity.name).toBe('fb1');
    await connect({ apiToken: 'nobody' })
      .observe(call())
      .catch(() => undefined);
    expect((await failure(connect({ apiToken: 'nobody' }).observe(call()))).code).toBe('unauthenticated');
    expect((await failure(connect({ apiToken: 'reader' }).createVolume(blank(), call()))).code).toBe('unauthenticated');
  });
});
