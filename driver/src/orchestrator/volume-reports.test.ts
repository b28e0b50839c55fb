import { describe, expect, it } from '@jest/globals';
import { GiB } from '../domain/bytes.ts';
import { HandleResolver } from './handle-resolver.ts';
import { arrayId, makeBench } from './testing/bench.ts';
import type { MemoryBackend } from './testing/memory-backend.ts';
import { VolumeReports } from './volume-reports.ts';

const qos = { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 };

async function make(backend: MemoryBackend, name: string): Promise<void> {
  const source = { kind: 'blank' } as const;
  await backend.createVolume({ name, sizeBytes: GiB, qos, source, fileSystem: null, tags: {} });
}

async function setUp(volumeIds: readonly string[] | null = []) {
  const { clock, fleet, backends } = makeBench(2);
  const [first, second] = backends;
  if (!first || !second) throw new Error('The bench has two arrays.');
  for (const name of ['k8s-a', 'k8s-b', 'foreign', 'pod::k8s-c', 'k8s-pod::foreign', 'k8s-group/foreign', 'imported'])
    await make(first, name);
  await make(second, 'k8s-d');
  await fleet.whenAsked(1000);
  const handles = new HandleResolver({ clock, fleet, clusterId: 'k8s' });
  const reports = new VolumeReports({ clock, fleet, clusterId: 'k8s', handles, volumeIds: () => volumeIds });
  const ask = (asked: readonly string[], details = false) => reports.ask({ handles: asked, details });
  const callsOf = (backend: MemoryBackend) => backend.calls.filter(line => /^(figures|details|find)/.test(line));
  return { clock, first, second, handles, ask, callsOf };
}

const on = (index: number, name: string): string => `${arrayId(index)}/${name}`;

describe('reports of volumes', () => {
  it('come in the order of the question, with one call to each array that is asked about', async () => {
    const { first, second, ask, callsOf } = await setUp();
    first.loads.set('k8s-b', { iops: 7, bytesPerSecond: 70, latencyMicroseconds: 300 });
    const asked = [on(1, 'k8s-d'), on(0, 'k8s-b'), on(0, 'k8s-a'), on(0, 'pod::k8s-c')];
    const { volumes } = await ask(asked);
    expect(volumes.map(({ handle }) => handle)).toEqual(asked);
    expect(volumes.map(({ figures }) => figures?.handle)).toEqual(asked);
    expect(volumes[1]).toMatchObject({ figures: { sizeBytes: GiB, load: { iops: 7 } }, details: null, trouble: null });
    expect(callsOf(first)).toEqual(['figures k8s-a k8s-b pod::k8s-c']);
    expect(callsOf(second)).toEqual(['figures k8s-d']);
  });

  it.each(['foreign', 'k8s-pod::foreign', 'k8s-group/foreign', 'other-k8s-a'])(
    'of others, as %s, are refused, and no array hears of it',
    async name => {
      const { first, second, ask, callsOf } = await setUp();
      const { volumes } = await ask([on(0, name)], true);
      expect(volumes).toEqual([
        {
          handle: on(0, name),
          figures: null,
          details: null,
          trouble: expect.stringContaining('is of no volume of this cluster'),
        },
      ]);
      expect([...callsOf(first), ...callsOf(second)]).toEqual([]);
    },
  );

  it.each(['foreign', 'pvc-00000000-0000-4000-8000-000000000000', '', "x' or name='*"])(
    'of an id without an array, as "%s", are refused where no PersistentVolume has it',
    async id => {
      const { first, ask, callsOf } = await setUp(null);
      expect((await ask([id])).volumes[0]?.trouble).toContain('is of no volume of this cluster');
      expect(callsOf(first)).toEqual([]);
    },
  );

  it('are given of imported volumes: PersistentVolumes have them, or they were met', async () => {
    const { clock, ask } = await setUp([on(0, 'foreign'), 'imported']);
    const asked = ask([on(0, 'foreign'), 'imported']);
    await clock.advance(1000);
    const { volumes } = await asked;
    expect(volumes.map(({ figures }) => figures?.handle)).toEqual([on(0, 'foreign'), 'imported']);
    const met = await setUp(null);
    const meeting = met.handles.volume('imported', 'volume_id');
    await met.clock.advance(1000);
    await meeting;
    expect((await met.ask([on(0, 'imported')])).volumes[0]?.figures?.sizeBytes).toBe(GiB);
  });

  it('say so where the array is down, not configured or has no such volume; the others are told', async () => {
    const { second, ask } = await setUp();
    second.isDown = true;
    const { volumes } = await ask([on(1, 'k8s-d'), on(7, 'k8s-a'), on(0, 'k8s-gone'), on(0, 'k8s-a')], true);
    expect(volumes.map(({ trouble }) => trouble)).toEqual([
      expect.stringMatching(/^Array a1 does not answer\./),
      expect.stringContaining('no configured array has the id'),
      expect.stringMatching(/^Array a0 has no live volume k8s-gone\./),
      null,
    ]);
    expect(volumes.map(({ figures }) => figures !== null)).toEqual([false, false, false, true]);
  });

  it('tell snapshots, nodes and the decision of those that somebody opens', async () => {
    const { first, ask, callsOf } = await setUp();
    await first.createSnapshot('k8s-a', 'snap');
    first.connections.set('k8s-a', new Set(['n1']));
    const { volumes } = await ask([on(0, 'k8s-a')], true);
    expect(volumes[0]?.details).toEqual({
      snapshots: [{ name: 'k8s-a.snap', createdAtMs: 0 }],
      nodes: ['n1'],
      decision: 'because',
    });
    expect(callsOf(first)).toEqual(['figures k8s-a', 'details k8s-a']);
  });

  it('ask an array few things at once, whatever is asked, and refuse what would wait for long', async () => {
    const { first, ask, callsOf } = await setUp();
    const gate = Promise.withResolvers<undefined>();
    first.gate = gate.promise;
    const asked = Array.from({ length: 200 }, (_, index) => ask([on(0, `k8s-made-up-${index}`)]));
    for (let turn = 0; turn < 1000; turn += 1) await Promise.resolve();
    expect(callsOf(first)).toHaveLength(4);
    gate.resolve(undefined);
    const troubles = (await Promise.all(asked)).map(({ volumes }) => volumes[0]?.trouble ?? '');
    expect(troubles.filter(trouble => trouble.includes('questions wait for array a0'))).toHaveLength(96);
    expect(callsOf(first)).toHaveLength(104);
    expect((await ask([on(0, 'k8s-a')])).volumes[0]?.trouble).toBeNull();
  });

  it('cost an array one call in five seconds, however many pages are open, also while it answers', async () => {
    const { clock, first, ask, callsOf } = await setUp();
    const gate = Promise.withResolvers<undefined>();
    first.gate = gate.promise;
    const open = Array.from({ length: 10 }, () => ask([on(0, 'k8s-a'), on(0, 'k8s-b')]));
    gate.resolve(undefined);
    const answers = await Promise.all(open);
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
    await ask([on(0, 'k8s-b')], true);
    await ask([on(0, 'k8s-b')], true);
    expect(callsOf(first)).toEqual(['figures k8s-a k8s-b', 'details k8s-b']);
    await ask([on(0, 'k8s-b'), on(0, 'pod::k8s-c')]);
    expect(callsOf(first).at(-1)).toBe('figures pod::k8s-c');
    await clock.advance(5000);
    await ask([on(0, 'k8s-a')]);
    expect(callsOf(first).at(-1)).toBe('figures k8s-a');
  });
});
