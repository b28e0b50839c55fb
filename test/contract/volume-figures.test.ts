import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import type { ArrayBackend } from '../../driver/src/backends/backend.ts';
import { GiB, MiB } from '../../driver/src/domain/bytes.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { Fleet } from '../../driver/src/orchestrator/fleet.ts';
import { HandleResolver } from '../../driver/src/orchestrator/handle-resolver.ts';
import { VolumeReports } from '../../driver/src/orchestrator/volume-reports.ts';
import { blank as blankVolume, call, closeAll, setUp as startArray, uniqueName } from '../support/array-over-tls.ts';
import type { ArrayBench } from '../support/array-over-tls.ts';
import { blank as blankFileSystem, n1, startFlashBlade } from '../support/flashblade-bench.ts';
import type { FlashBladeBench } from '../support/flashblade-bench.ts';

const DAY_MS = 86_400_000;
const NODE = nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1' });
const LIMITS = { iopsLimit: 5000, bandwidthLimitBytesPerSecond: 0 };
const FLASH_ARRAYS = ['2.4', '2.16', '2.26', 'newest'].map(version => ['FlashArray', version, {}] as const);
const CLOUD = ['2.26', '2.44'].map(version => ['Cloud Block Store', version, { model: 'CBS-V10MP2R2' }] as const);

const NO_SECRETS = {
  apiToken: '',
  caBundle: null,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
};

const closers: (() => Promise<void>)[] = [];
const blades: FlashBladeBench[] = [];
const arrays: ArrayBench[] = [];
afterEach(async () => {
  const violations = [...arrays.map(({ array }) => array), ...blades.map(({ blade }) => blade)].flatMap(
    one => one.violations,
  );
  arrays.length = 0;
  for (const close of closers.splice(0)) await close();
  await closeAll();
  for (const bench of blades.splice(0)) await bench.close();
  expect(violations).toEqual([]);
});

const versionsOf = (version: string) => (version === 'newest' ? {} : { versions: ['2.0', version] });

async function usageOf(backend: ArrayBackend, endMs: number) {
  return await backend.usage({ prefix: 'k8s-', startMs: endMs - 30 * DAY_MS, endMs, most: 2 }, call());
}

describe.each([...FLASH_ARRAYS, ...CLOUD])('a %s at REST %s', (_kind, version, model) => {
  async function setUp() {
    const bench = await startArray({ ...model, ...versionsOf(version) });
    arrays.push(bench);
    const { array, backend, clock } = bench;
    const names = [uniqueName(), uniqueName(), uniqueName()];
    const [small = '', large = '', other = ''] = names;
    await backend.createVolume(blankVolume(small, { qos: LIMITS, tags: { decision: 'most room' } }), call());
    for (const name of [large, other, 'foreign']) await backend.createVolume(blankVolume(name), call());
    const force = (name: string, bytes: number, iops: number): void => {
      const volume = array.core.state.volumes.find(name);
      if (volume) Object.assign(volume, { forcedUsedBytes: bytes, forcedIops: iops });
    };
    force(small, 300 * MiB, 400);
    force(large, 600 * MiB, 0);
    force('foreign', GiB, 9000);
    clock.advance(60_000);
    return { ...bench, small, large, other };
  }

  it('tells size, space, limits and load of live volumes in two calls', async () => {
    const { backend, calls, small, large, other } = await setUp();
    await backend.publish({ volumeName: small, node: NODE, isSingleNode: true }, call());
    await backend.deleteVolume(other, call());
    calls();
    const figures = await backend.volumeFigures([large, small, other, 'k8s-never'], call());
    expect(calls()).toHaveLength(2);
    expect(figures.map(({ handle }) => handle.split('/')[1]).sort()).toEqual([small, large].sort());
    const one = figures.find(({ handle }) => handle.endsWith(small));
    expect(one).toMatchObject({ sizeBytes: GiB, snapshotBytes: 0, reduction: 3, qos: LIMITS, load: { iops: 400 } });
    expect(one?.usedBytes).toBe(100 * MiB);
    expect(one?.load?.latencyMicroseconds).toBeGreaterThan(0);
  });

  it('tells snapshots, newest first, nodes and the decision of one volume', async () => {
    const { backend, clock, small, large } = await setUp();
    await backend.createSnapshot(small, 'early', call());
    clock.advance(60_000);
    await backend.createSnapshot(small, 'late', call());
    await backend.createSnapshot(large, 'other', call());
    await backend.publish({ volumeName: small, node: NODE, isSingleNode: true }, call());
    const details = await backend.volumeDetails(small, call());
    expect(details.snapshots.map(({ name }) => name)).toEqual([`${small}.late`, `${small}.early`]);
    expect(details).toMatchObject({ nodes: ['n1'], decision: 'most room' });
    expect(await backend.volumeDetails(large, call())).toMatchObject({ nodes: [], decision: null });
  });

  it('tells how it filled in thirty days, and by which volumes of the cluster, in six calls', async () => {
    const { backend, calls, clock, small, large } = await setUp();
    await backend.publish({ volumeName: small, node: NODE, isSingleNode: true }, call());
    calls();
    const { history, largest, busiest } = await usageOf(backend, clock.nowMs());
    expect(calls()).toHaveLength(6);
    expect(history).toHaveLength(30);
    expect(history.every(({ atMs }, index) => index === 0 || atMs > (history[index - 1]?.atMs ?? 0))).toBe(true);
    expect(history.at(-1)?.usedBytes).toBeGreaterThan(history[0]?.usedBytes ?? Infinity);
    expect(largest.map(({ handle }) => handle.split('/')[1])).toEqual([large, small]);
    expect(busiest.map(({ handle }) => handle.split('/')[1])).toEqual([small]);
  });
});

it('no request about a volume of others reaches an array', async () => {
  const bench = await startArray();
  arrays.push(bench);
  const { array, backend, calls } = bench;
  const [mine, foreign] = [uniqueName(), 'k8s2-volume'];
  for (const name of [mine, foreign]) await backend.createVolume(blankVolume(name), call());
  const fleet = new Fleet({ clock: systemClock, logger: silentLogger, makeBackend: () => backend, pollMs: 600_000 });
  fleet.configure([{ ...backend.settings, ...NO_SECRETS }]);
  closers.push(() => fleet.close());
  await fleet.whenAsked(10_000);
  const parts = { clock: systemClock, fleet, clusterId: 'k8s' };
  const handles = new HandleResolver(parts);
  const reports = new VolumeReports({ ...parts, handles, volumeIds: () => [] });
  const ask = async (...names: string[]) => {
    const asked = names.map(name => `${array.core.settings.id}/${name}`);
    return (await reports.ask({ handles: asked, details: true })).volumes;
  };
  calls();
  expect(await ask(foreign, 'k8s2-never')).toMatchObject([{ figures: null }, { figures: null }]);
  expect(calls()).toEqual([]);
  expect(await ask(mine, foreign)).toMatchObject([{ figures: { sizeBytes: GiB }, trouble: null }, { figures: null }]);
  const made = calls();
  expect(made).toHaveLength(5);
  expect(made.filter(line => line.includes(foreign))).toEqual([]);
});

describe.each(['2.3', '2.16', '2.25', 'newest'])('a FlashBlade at REST %s', version => {
  const hasLimits = version === '2.25' || version === 'newest';

  async function setUp() {
    const bench = await startFlashBlade(versionsOf(version));
    blades.push(bench);
    const { backend, blade } = bench;
    const names = ['k8s-small', 'k8s-large', 'k8s-other'] as const;
    const [small, large, other] = names;
    await backend.createVolume(blankFileSystem(small, hasLimits ? { qos: LIMITS } : {}), call());
    for (const name of [large, other, 'foreign']) await backend.createVolume(blankFileSystem(name), call());
    const force = (name: string, bytes: number, iops: number): void =>
      void Object.assign(blade.core.state.fileSystem(name), { forcedUsedBytes: bytes, forcedIops: iops });
    force(small, 300 * MiB, 400);
    force(large, 600 * MiB, 0);
    force(other, 0, 0);
    force('foreign', GiB, 9000);
    await backend.publish({ volumeName: small, node: n1, isSingleNode: false }, call());
    return { ...bench, small, large, other };
  }

  it('tells size, space, limits and load of live file systems, and details of one', async () => {
    const { backend, calls, small, large, other } = await setUp();
    await backend.deleteVolume(other, call());
    await backend.createSnapshot(small, 'snap', call());
    calls();
    const figures = await backend.volumeFigures([large, small, other, 'k8s-never'], call());
    expect(calls()).toHaveLength(hasLimits ? 3 : 2);
    expect(figures.map(({ handle }) => handle.split('/')[1]).sort()).toEqual([large, small].sort());
    const one = figures.find(({ handle }) => handle.endsWith(small));
    const qos = hasLimits ? LIMITS : { ...LIMITS, iopsLimit: 0 };
    expect(one).toMatchObject({ sizeBytes: GiB, reduction: 2, qos, load: { iops: 400 } });
    expect(one?.usedBytes).toBe(150 * MiB);
    expect(await backend.volumeDetails(small, call())).toMatchObject({
      snapshots: [{ name: `${small}.snap` }],
      nodes: ['n1'],
      decision: null,
    });
  });

  it('tells how it filled in thirty days, and by which file systems of the cluster', async () => {
    const { backend, small, large } = await setUp();
    const { history, largest, busiest } = await usageOf(backend, Date.now());
    expect(history).toHaveLength(30);
    expect(history.at(-1)?.usedBytes).toBeGreaterThan(history[0]?.usedBytes ?? Infinity);
    expect(largest.map(({ handle }) => handle.split('/')[1])).toEqual([large, small]);
    expect(busiest.map(({ handle }) => handle.split('/')[1])).toEqual([small]);
  });
});
