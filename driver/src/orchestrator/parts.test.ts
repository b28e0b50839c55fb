import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../lib/manual-clock.ts';
import { silentLogger } from '../lib/logger.ts';
import { Fleet } from './fleet.ts';
import { snapshotSuffix, volumeName } from './names.ts';
import { fileSystemWishes } from './file-parameters.ts';
import { parseClassParameters, parseMutableParameters } from './parameters.ts';
import { Reservations } from './reservations.ts';
import { arrayId, connection } from './testing/bench.ts';
import { MemoryBackend } from './testing/memory-backend.ts';

describe('names', () => {
  it('keeps a name that the array takes', () => {
    expect(volumeName('k8s', 'pvc-1f2e')).toBe('k8s-pvc-1f2e');
    expect(snapshotSuffix('snapshot-1')).toBe('snapshot-1');
  });
  it('fits the rules whatever the caller sends, and keeps different names different', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.string({ minLength: 1, maxLength: 200 }), (a, b) => {
        for (const text of [volumeName('k8s', a), snapshotSuffix(a)])
          expect(text).toMatch(/^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/);
        expect(volumeName('k8s', a) === volumeName('k8s', b)).toBe(a === b);
      }),
    );
  });
  it('tells names that differ in case apart, as arrays do not', () => {
    expect(volumeName('k8s', 'Data').toLowerCase()).not.toBe(volumeName('k8s', 'data').toLowerCase());
  });
});

describe('parameters', () => {
  it('reads limits with units and aliases', () => {
    expect(parseClassParameters({ backend: 'pure_block', max_iops: '100', bandwidth_limit: '1M' }, {}).qos).toEqual({
      iopsLimit: 100,
      bandwidthLimitBytesPerSecond: 1048576,
    });
  });
  it('reads what only file systems have, by the names of PSO and PX-CSI', () => {
    expect(parseClassParameters({ backend: 'block' }, {})).toMatchObject({ backend: 'block', file: null });
    expect(parseClassParameters({ backend: 'file' }, {})).toMatchObject({
      backend: 'file',
      file: { exportPolicy: null, exportRules: null, hasSnapshotDirectory: null, nfsEndpoint: null },
    });
    const px = { backend: 'pure_file', pure_export_rules: '10.0.0.0/8(ro)', pure_nfs_endpoint: 'fd00::9' };
    expect(parseClassParameters({ ...px, snapshot_directory: 'True' }, {}).file).toEqual({
      exportPolicy: null,
      exportRules: '10.0.0.0/8(ro)',
      hasSnapshotDirectory: true,
      nfsEndpoint: 'fd00::9',
    });
    expect(parseClassParameters({ backend: 'file', pure_nfs_policy: 'apps' }, {}).file?.exportPolicy).toBe('apps');
  });
  it('lets the class of file systems decide before the values', () => {
    const defaults = { exportRules: '10.0.0.0/8(ro)', hasSnapshotDirectory: true };
    const wishes = (more: Record<string, string>) =>
      fileSystemWishes(parseClassParameters({ backend: 'file', ...more }, {}).file, defaults);
    expect(wishes({})).toEqual({ exportPolicy: null, exportRules: '10.0.0.0/8(ro)', hasSnapshotDirectory: true });
    expect(wishes({ snapshot_directory: 'false', exportrules: '@admins(rw)' })).toEqual({
      exportPolicy: null,
      exportRules: '@admins(rw)',
      hasSnapshotDirectory: false,
    });
    expect(wishes({ export_policy: 'apps' })).toMatchObject({ exportPolicy: 'apps', exportRules: null });
    expect(fileSystemWishes(null, defaults)).toBeNull();
  });
  it('lets a VolumeAttributesClass override the class', () => {
    expect(parseClassParameters({ iops_limit: '100' }, { iops_limit: '200' }).qos.iopsLimit).toBe(200);
  });
  it.each([
    [{ backend: 'object' }, 'backend="object"'],
    [{ exportrules: '*(ro)' }, 'exportrules="*(ro)" is for backend: file'],
    [{ backend: 'file', createoptions: '-q' }, 'createoptions="-q" is for backend: block'],
    [{ backend: 'file', exportrules: '*(ro)', pure_nfs_policy: 'p' }, 'exclude each other'],
    [{ backend: 'file', snapshot_directory: 'yes' }, 'snapshot_directory="yes"'],
    [{ backend: 'file', pure_nfs_endpoint: '10.0.0.9 -o x' }, 'nfs_endpoint="10.0.0.9 -o x"'],
    [{ iops_limit: '99' }, 'iops_limit="99"'],
    [{ bandwidth_limit: '1T' }, 'bandwidth_limit="1T"'],
    [{ bandwidth_limit: '1048577' }, 'bandwidth_limit="1048577"'],
    [{ colour: 'red' }, 'Parameter "colour" is unknown'],
    [{ constructor: 'x' }, 'Parameter "constructor" is unknown'],
    [{ createoptions: '-q; rm' }, 'createoptions'],
    [{ iops_limit: '100', max_iops: '200' }, 'contradicts'],
  ])('refuses %j by name and value', (parameters: Record<string, string>, named) => {
    expect(() => parseClassParameters(parameters, {})).toThrow(named);
  });
  it('lets only limits change later', () => {
    expect(() => parseMutableParameters({ backend: 'block' })).toThrow('"backend" is unknown');
  });
});

describe('reservations', () => {
  it('reserve and cancel leave nothing behind', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 1, max: 2 ** 40 }))), list => {
        const reservations = new Reservations(new ManualClock());
        const kept = reservations.reserve('a', 7);
        for (const one of list.map(([endpoint, bytes]) => reservations.reserve(endpoint, bytes))) one.cancel();
        expect(reservations.sums()).toEqual({ a: { bytes: 7, volumes: 1 } });
        kept.cancel();
        expect(reservations.sums()).toEqual({});
      }),
    );
  });
  it('end some time after the volume was made', async () => {
    const clock = new ManualClock();
    const reservations = new Reservations(clock);
    reservations.reserve('a', 7).settle();
    await clock.advance(14 * 60_000);
    expect(reservations.sums()).toEqual({ a: { bytes: 7, volumes: 1 } });
    await clock.advance(2 * 60_000);
    expect(reservations.sums()).toEqual({});
  });
});

describe('fleet', () => {
  const make = (identities: Readonly<Record<string, readonly [string, string]>>) => {
    const clock = new ManualClock(1000);
    const made: MemoryBackend[] = [];
    const fleet = new Fleet({
      clock,
      logger: silentLogger,
      pollMs: 60_000,
      makeBackend: one => {
        const [id, name] = identities[one.endpoint] ?? ['', ''];
        const backend = new MemoryBackend(one, id, name);
        made.push(backend);
        return backend;
      },
    });
    return { clock, fleet, made };
  };

  it('refuses one array under two endpoints, and two of one name, by name', async () => {
    const { clock, fleet } = make({ x: [arrayId(1), 'a1'], y: [arrayId(1), 'a1'], z: [arrayId(2), 'A1'] });
    fleet.configure([connection('x'), connection('y'), connection('z')]);
    await clock.advance(0);
    await clock.advance(60_000);
    const [x, y, z] = fleet.snapshot().arrays.map(({ trouble }) => trouble);
    expect(x).toBeNull();
    expect(y).toMatch(/MgmtEndPoint y is the array a1 .*which x serves already/);
    expect(z).toMatch(/MgmtEndPoint z has the array name "A1"/);
  });

  it('keeps polling the others while one is down, few times a minute', async () => {
    const { clock, fleet, made } = make({ x: [arrayId(1), 'a1'], y: [arrayId(2), 'a2'] });
    fleet.configure([connection('x'), connection('y')]);
    if (made[0]) made[0].isDown = true;
    await clock.advance(60_000);
    const [x, y] = fleet.snapshot().arrays;
    expect(x?.trouble).toMatch(/does not answer/);
    expect(y?.trouble).toBeNull();
    const before = made[1]?.calls.length ?? 0;
    await clock.advance(600_000);
    expect((made[1]?.calls.length ?? 0) - before).toBeLessThanOrEqual(11);
  });

  it('keeps unchanged members and closes removed ones', async () => {
    const { clock, fleet, made } = make({ x: [arrayId(1), 'a1'], y: [arrayId(2), 'a2'] });
    fleet.configure([connection('x'), connection('y')]);
    await clock.advance(0);
    fleet.configure([connection('x')]);
    await clock.advance(0);
    expect(made.map(({ isClosed }) => isClosed)).toEqual([false, true]);
    expect(fleet.snapshot().arrays).toHaveLength(1);
    expect(Object.isFrozen(fleet.snapshot().arrays[0]?.observation?.capacity)).toBe(true);
  });
});
