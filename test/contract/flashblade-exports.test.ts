import { describe, expect, it } from '@jest/globals';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { NO_CHANGES } from '../../driver/src/domain/volume-changes.ts';
import { makeExportPolicy, qosPolicies } from '../support/flashblade-admin.ts';
import type { FlashBladeBench } from '../support/flashblade-bench.ts';
import { blank, call, DATA_ADDRESS, failure, n1, n2, uniqueName, wishes } from '../support/flashblade-bench.ts'; // prettier-ignore
import { flashBladeBenches } from '../support/flashblade-benches.ts';

const setUp = flashBladeBenches();

const N1_RULES = ['10.0.0.1 rw no-squash', 'fd00::1 rw no-squash'];
const N2_RULES = ['10.0.0.2 rw no-squash'];
const publish = (volumeName: string, node = n1, isSingleNode = false) => ({ volumeName, node, isSingleNode });

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
    await makeExportPolicy(blade, 'apps', '10.0.0.0/8');
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
    expect(await qosPolicies(blade)).toEqual([]);
    const other = blank(uniqueName(), { qos: fast });
    await backend.createVolume(other, call());
    await connect().deleteVolume(other.name, call());
    expect(await qosPolicies(blade)).toEqual([]);
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
  const clients = ({ blade }: FlashBladeBench, name: string) => blade.accessTo(name).map(({ client }) => client);

  it('take limits and another export policy together, or neither', async () => {
    const bench = await setUp();
    const { backend, blade } = bench;
    await makeExportPolicy(bench.blade, 'first', '10.1.0.0/16');
    await makeExportPolicy(bench.blade, 'second', '10.2.0.0/16');
    const spec = blank(uniqueName(), { fileSystem: wishes({ exportPolicy: 'first' }) });
    await backend.createVolume(spec, call());
    const limited = { ...NO_CHANGES, qos: { iopsLimit: 7000 } };
    const refusal = await failure(backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'absent' }, call()));
    expect(refusal).toMatchObject({ finality: 'final' });
    expect(clients(bench, spec.name)).toEqual(['10.1.0.0/16']);
    expect(await qosPolicies(blade)).toEqual([]);
    await backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'second' }, call());
    expect(clients(bench, spec.name)).toEqual(['10.2.0.0/16']);
    expect((await backend.findVolume(spec.name, call()))?.qos.iopsLimit).toBe(7000);
    await backend.modifyVolume(spec.name, { ...limited, exportPolicy: 'second' }, call());
  });

  it('do not end the rules by which nodes use it now', async () => {
    const bench = await setUp();
    const { backend, access } = bench;
    await makeExportPolicy(bench.blade, 'first', '10.1.0.0/16');
    const spec = blank();
    await backend.createVolume(spec, call());
    await backend.publish(publish(spec.name), call());
    const change = { ...NO_CHANGES, exportPolicy: 'first' };
    const refusal = await failure(backend.modifyVolume(spec.name, change, call()));
    expect(refusal.sentence).toContain('lets nodes in by rules of its own');
    expect(access(spec.name)).toEqual(N1_RULES);
  });
});
