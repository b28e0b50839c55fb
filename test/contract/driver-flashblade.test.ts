import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { NO_CHANGES } from '../../driver/src/domain/volume-changes.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import type { GivenSettings } from '../simulator/flashblade/settings.ts';
import type { FlashBladeBench } from '../support/flashblade-bench.ts';
import { blank, call, DATA_ADDRESS, failure, n1, n2, startFlashBlade, uniqueName, wishes } from '../support/flashblade-bench.ts'; // prettier-ignore

const benches: FlashBladeBench[] = [];

/** Real sockets, TLS and waits between repeats: on a busy machine they take their time. */
jest.setTimeout(30_000);
afterEach(async () => {
  for (const bench of benches.splice(0)) {
    expect(bench.blade.violations).toEqual([]);
    await bench.close();
  }
});

async function setUp(settings: Partial<GivenSettings> = {}): Promise<FlashBladeBench> {
  const bench = await startFlashBlade(settings);
  benches.push(bench);
  return bench;
}

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

describe('exports', () => {
  it('shuts out everybody but published nodes and those that the class names', async () => {
    const { backend, access, calls } = await setUp();
    const spec = blank(uniqueName(), {
      fileSystem: wishes({ exportRules: '10.9.0.0/16(ro,root_squash) @admins(rw)' }),
    });
    await backend.createVolume(spec, call());
    expect(calls().filter(line => line.startsWith('POST') || line.startsWith('PATCH'))).toHaveLength(1);
    const named = ['10.9.0.0/16 ro root-squash', '@admins rw root-squash'];
    expect(access(spec.name)).toEqual(named);
    await backend.publish(publish(spec.name), call());
    expect(access(spec.name)).toEqual([...named, ...N1_RULES]);
    await backend.unpublish(spec.name, n1, call());
    await backend.unpublish(spec.name, null, call());
    expect(access(spec.name)).toEqual(named);
  });
  it.each(['*(rw', 'x y(rw)', '10.0.0.1', '*(rw;ro)', '10.0.0.5(no_root_squash,rw)'])(
    'refuses the rules %j',
    async rules => {
      const { backend, blade } = await setUp();
      const refusal = await failure(
        backend.createVolume(blank(uniqueName(), { fileSystem: wishes({ exportRules: rules }) }), call()),
      );
      expect(refusal).toMatchObject({ id: 'parameter-invalid', finality: 'final' });
      expect(blade.liveFileSystems()).toEqual([]);
    },
  );
  it('writes no rule where an export policy of the array decides', async () => {
    const { backend, blade, calls, connect } = await setUp();
    const policy = wishes({ exportPolicy: 'apps' });
    expect((await failure(backend.createVolume(blank(uniqueName(), { fileSystem: policy }), call()))).sentence).toMatch(
      /[Pp]olicy/,
    );
    expect(blade.liveFileSystems()).toEqual([]);
    await post(blade, 'nfs-export-policies?names=apps', { rules: [{ client: '10.0.0.0/8', permission: 'rw' }] });
    const spec = blank(uniqueName(), { fileSystem: policy });
    await backend.observe(call());
    await backend.createVolume(spec, call());
    calls();
    expect(await backend.publish(publish(spec.name), call())).toMatchObject({ exportPath: `/${spec.name}` });
    await backend.unpublish(spec.name, n1, call());
    expect(calls()).toEqual([]);
    const later = connect();
    expect(await later.publish(publish(spec.name), call())).toMatchObject({ server: DATA_ADDRESS });
    await later.unpublish(spec.name, n1, call());
    expect(blade.accessTo(spec.name).map(({ client }) => client)).toEqual(['10.0.0.0/8']);
  });
  it('takes away all rules of a node that was published by two controllers', async () => {
    const { backend, connect, access } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    await Promise.all([backend.publish(publish(spec.name), call()), connect().publish(publish(spec.name), call())]);
    expect(access(spec.name)).toEqual(N1_RULES);
    await backend.publish(publish(spec.name), call());
    await backend.unpublish(spec.name, n1, call());
    expect(access(spec.name)).toEqual([]);
  });
  it('takes away the rules of an address that are not beside the others', async () => {
    const { backend, access } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    await backend.publish(publish(spec.name, nodeNamed('n1', { addresses: ['fd00::1'] })), call());
    await backend.publish(publish(spec.name, n2), call());
    await backend.unpublish(spec.name, n1, call());
    expect(access(spec.name)).toEqual(N2_RULES);
  });
  it('lets one node in at a time where only one may write, and undoes no other', async () => {
    const { backend, access } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    await backend.publish(publish(spec.name, n1, true), call());
    await backend.publish(publish(spec.name, n1, true), call());
    const refusal = await failure(backend.publish(publish(spec.name, n2, true), call()));
    expect(refusal).toMatchObject({ id: 'volume-on-other-node', finality: 'final' });
    expect(refusal.message).toContain('still open to n1');
    expect(access(spec.name)).toEqual(N1_RULES);
  });
  it('mounts from the address that values or class name, in the version that was asked for', async () => {
    const { backend, connect } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    const values = connect({ nfsEndpoint: 'fb-data.example' });
    expect(await values.publish(publish(spec.name), call())).toMatchObject({
      server: 'fb-data.example',
      version: 'auto',
    });
    const nfs = { version: '3', endpoint: 'fd00::9' } as const;
    expect(await values.publish({ ...publish(spec.name), nfs }, call())).toMatchObject({
      server: 'fd00::9',
      version: '3',
    });
  });
  it('refuses a node that told no address', async () => {
    const { backend, access } = await setUp();
    const spec = blank();
    await backend.createVolume(spec, call());
    expect((await failure(backend.publish(publish(spec.name, nodeNamed('n3')), call()))).id).toBe(
      'node-without-address',
    );
    expect(access(spec.name)).toEqual([]);
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

describe('limits', () => {
  const fast = { iopsLimit: 5000, bandwidthLimitBytesPerSecond: 0 };
  it('come with a policy of its own, which changes and goes with the file system', async () => {
    const { backend, blade, calls, connect } = await setUp();
    const spec = blank(uniqueName(), { qos: fast });
    await backend.createVolume(spec, call());
    expect((await backend.createVolume(spec, call())).qos).toEqual(fast);
    expect((await backend.findVolume(spec.name, call()))?.qos).toEqual(fast);
    const faster = { iopsLimit: 9000, bandwidthLimitBytesPerSecond: 1048576 };
    expect((await failure(backend.createVolume({ ...spec, qos: faster }, call()))).code).toBe('already-exists');
    await backend.modifyVolume(spec.name, { ...NO_CHANGES, qos: faster }, call());
    expect((await backend.findVolume(spec.name, call()))?.qos).toEqual(faster);
    calls();
    await backend.deleteVolume(spec.name, call());
    expect(calls()).toHaveLength(2);
    expect(await policies(blade)).toEqual([]);
    const other = blank(uniqueName(), { qos: fast });
    await backend.createVolume(other, call());
    await connect().deleteVolume(other.name, call());
    expect(await policies(blade)).toEqual([]);
    expect(blade.liveFileSystems()).toEqual([]);
  });
  it('are refused where the array has no policies', async () => {
    const { backend, blade } = await setUp({ versions: ['2.16'] });
    expect((await backend.observe(call())).supportsQos).toBe(false);
    const refusal = await failure(backend.createVolume(blank(uniqueName(), { qos: fast }), call()));
    expect(refusal).toMatchObject({ code: 'unsupported', finality: 'final' });
    expect(blade.liveFileSystems()).toEqual([]);
  });
});

describe('changes', () => {
  const makePolicy = ({ blade }: FlashBladeBench, name: string, client: string) =>
    post(blade, `nfs-export-policies?names=${name}`, { rules: [{ client, permission: 'rw' }] });
  const clients = ({ blade }: FlashBladeBench, name: string) => blade.accessTo(name).map(({ client }) => client);

  it('take limits and another export policy together, or neither', async () => {
    const bench = await setUp();
    const { backend, blade } = bench;
    await makePolicy(bench, 'first', '10.1.0.0/16');
    await makePolicy(bench, 'second', '10.2.0.0/16');
    const spec = blank(uniqueName(), { fileSystem: wishes({ exportPolicy: 'first' }) });
    await backend.createVolume(spec, call());
    const limited = { ...NO_CHANGES, qos: { iopsLimit: 7000 } };
    const refusal = await failure(backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'absent' }, call()));
    expect(refusal).toMatchObject({ finality: 'final' });
    expect(clients(bench, spec.name)).toEqual(['10.1.0.0/16']);
    expect(await policies(blade)).toEqual([]);
    await backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'second' }, call());
    expect(clients(bench, spec.name)).toEqual(['10.2.0.0/16']);
    expect((await backend.findVolume(spec.name, call()))?.qos.iopsLimit).toBe(7000);
    await backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'second' }, call());
  });

  it('do not end the rules by which nodes use it now', async () => {
    const bench = await setUp();
    const { backend, access } = bench;
    await makePolicy(bench, 'first', '10.1.0.0/16');
    const spec = blank();
    await backend.createVolume(spec, call());
    await backend.publish(publish(spec.name), call());
    const change = { ...NO_CHANGES, exportPolicy: 'first' };
    const refusal = await failure(backend.modifyVolume(spec.name, change, call()));
    expect(refusal.sentence).toContain('lets nodes in by rules of its own');
    expect(access(spec.name)).toEqual(N1_RULES);
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

type Blade = FlashBladeBench['blade'];

/** As an administrator at the array. */
async function admin(blade: Blade, method: 'GET' | 'POST', resource: string, body?: object): Promise<string> {
  const token = blade.core.settings.tokens[0]?.token ?? '';
  const login = await blade.core.handle({
    method: 'POST',
    url: '/api/login',
    headers: { 'api-token': token },
    body: '',
  });
  const headers = { 'x-auth-token': login.headers['x-auth-token'] ?? '', 'content-type': 'application/json' };
  const answer = await blade.core.handle({
    method,
    url: `/api/2.28/${resource}`,
    headers,
    body: body === undefined ? '' : JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

const post = (blade: Blade, resource: string, body: object): Promise<string> => admin(blade, 'POST', resource, body);

const policies = async (blade: Blade): Promise<unknown> =>
  (JSON.parse(await admin(blade, 'GET', 'qos-policies')) as { items: unknown }).items;
