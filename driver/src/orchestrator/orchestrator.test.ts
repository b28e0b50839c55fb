import { describe, expect, it } from '@jest/globals';
import { GiB } from '../domain/bytes.ts';
import type { PsoError } from '../domain/errors.ts';
import type { Bench } from './testing/bench.ts';
import { parseMutableParameters } from './parameters.ts';
import { arrayId, makeBench, request } from './testing/bench.ts';

const DOUBT = { doubt: { windowMs: 60_000, gapMs: 10_000 } };
const made = (bench: Bench): number => bench.backends.reduce((sum, { volumes }) => sum + volumes.size, 0);
const failure = (promise: Promise<unknown>): Promise<PsoError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as PsoError,
  );

describe('create', () => {
  it('uses one call, on one array', async () => {
    const bench = makeBench(3);
    const { volume } = await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    expect(volume.handle.name).toBe('k8s-pvc-1');
    expect(bench.backends.flatMap(({ calls }) => calls.filter(call => call !== 'observe'))).toEqual([
      'create k8s-pvc-1',
    ]);
    expect(bench.reports).toHaveLength(1);
  });

  it('stays on the array whose answer was lost, even when another looks better', async () => {
    const bench = makeBench(2);
    for (const backend of bench.backends) backend.faults.push('lose-answer');
    const error = await failure(bench.orchestrator.createVolume(request('pvc-1'), bench.call()));
    expect(error).toMatchObject({ code: 'timeout', finality: 'in-doubt' });
    for (const backend of bench.backends) if (backend.volumes.size > 0) backend.usedBytes *= 8;
    await bench.clock.advance(61_000);
    await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    expect(made(bench)).toBe(1);
  });

  it('keeps the doubt while that array only refuses connections', async () => {
    const bench = makeBench(2);
    for (const backend of bench.backends) backend.faults.push('lose-answer', 'refuse');
    await failure(bench.orchestrator.createVolume(request('pvc-1'), bench.call()));
    const second = await failure(bench.orchestrator.createVolume(request('pvc-1'), bench.call()));
    expect(second.finality).toBe('in-doubt');
    await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    expect(made(bench)).toBe(1);
  });

  it('goes to the next array when the first one refuses for good', async () => {
    const bench = makeBench(2);
    const [first] = bench.backends;
    if (first) first.usedBytes = 0;
    for (const backend of bench.backends.slice(0, 1)) backend.faults.push('refuse');
    await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    expect(made(bench)).toBe(1);
  });

  it('answers a repeat from the same array', async () => {
    const bench = makeBench(6);
    for (let turn = 0; turn < 10; turn += 1) await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    expect(made(bench)).toBe(1);
  });

  it('joins an equal call and aborts another one', async () => {
    const bench = makeBench(1);
    const gate = Promise.withResolvers<undefined>();
    for (const backend of bench.backends) backend.gate = gate.promise;
    const first = bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    const joined = bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    const other = failure(bench.orchestrator.createVolume(request('pvc-1', { requiredBytes: GiB }), bench.call()));
    expect((await other).code).toBe('conflict');
    gate.resolve(undefined);
    expect(await joined).toBe(await first);
    expect(bench.backends[0]?.calls.filter(call => call.startsWith('create'))).toHaveLength(1);
  });

  it('says why no array fits', async () => {
    const bench = makeBench(2);
    const error = await failure(
      bench.orchestrator.createVolume(request('pvc-1', { requiredBytes: 95 * 1024 * GiB }), bench.call()),
    );
    expect(error.code).toBe('no-capacity');
    expect(error.message).toMatch(/a0: .*do not fit.* a1: .*do not fit/);
  });
});

describe('doubt window', () => {
  it('finds what another process made, with one call an array for a burst', async () => {
    const bench = makeBench(3);
    const names = Array.from({ length: 20 }, (_, index) => `pvc-${index}`);
    await Promise.all(names.map(name => bench.orchestrator.createVolume(request(name), bench.call())));
    const other = makeSecond(bench);
    for (const backend of bench.backends) backend.calls.length = 0;
    const again = Promise.all(names.map(name => other.createVolume(request(name), bench.call())));
    await bench.clock.advance(5);
    await again;
    expect(made(bench)).toBe(20);
    for (const { calls } of bench.backends) expect(calls.filter(call => call.startsWith('find'))).toHaveLength(1);
  });

  it('waits for an array that may have the name, and trusts silence after the window', async () => {
    const bench = makeBench(2, DOUBT);
    const [down] = bench.backends;
    if (down) down.isDown = true;
    await bench.clock.advance(0);
    const early = failure(bench.orchestrator.createVolume(request('pvc-1'), bench.call()));
    await bench.clock.advance(5);
    expect(await early).toMatchObject({ code: 'unavailable', finality: 'in-doubt' });
    expect((await early).message).toContain('array-0');
    // The array was found silent by a poll after the start; the window counts from there.
    const place = async () => {
      const creating = bench.orchestrator.createVolume(request('pvc-1'), bench.call()).catch(() => null);
      await bench.clock.advance(5);
      return creating;
    };
    let placed: Awaited<ReturnType<typeof place>> = null;
    while (placed === null && bench.clock.nowMs() < 150_000) {
      await bench.clock.advance(9000);
      placed = await place();
    }
    expect(placed?.volume.handle.arrayId).toBe(arrayId(1));
    expect(bench.clock.nowMs()).toBeGreaterThan(61_000);
    expect(bench.clock.nowMs()).toBeLessThan(130_000);
  });
});

describe('an array that has been away for long', () => {
  it('holds up no claim, however rarely claims come', async () => {
    const bench = makeBench(2, DOUBT);
    const [down] = bench.backends;
    if (down) down.isDown = true;
    // Each claim comes after a pause, so that the window is open again every time.
    await bench.clock.advance(90_000);
    for (const name of ['pvc-1', 'pvc-2', 'pvc-3']) {
      const creating = bench.orchestrator.createVolume(request(name), bench.call());
      creating.catch(() => undefined);
      await bench.clock.advance(5);
      expect((await creating).volume.handle.arrayId).toBe(arrayId(1));
      await bench.clock.advance(30_000);
    }
  });
});

describe('a provisioner that has been in office for the whole window', () => {
  async function inOffice(terms: { now: string | null }) {
    const bench = makeBench(2, { ...DOUBT, readTerm: () => Promise.resolve(terms.now) });
    const stop = new AbortController();
    void bench.orchestrator.watchTerm(stop.signal);
    await bench.clock.advance(70_000);
    const create = async (name: string) => {
      for (const backend of bench.backends) backend.calls.length = 0;
      const creating = bench.orchestrator.createVolume(request(name), bench.call()).then(
        () => null,
        (thrown: unknown) => thrown as PsoError,
      );
      await bench.clock.advance(5);
      const error = await creating;
      return { error, finds: bench.backends.flatMap(({ calls }) => calls.filter(call => call.startsWith('find'))) };
    };
    return { ...bench, create, stop };
  }

  it('waits for no array that fell silent, and asks none where a new name is, also after a pause', async () => {
    const { backends, clock, create, stop } = await inOffice({ now: 'lease/3' });
    expect(await create('pvc-1')).toEqual({ error: null, finds: [] });
    const [down] = backends;
    if (down) down.isDown = true;
    await clock.advance(65_000);
    expect(await create('pvc-2')).toEqual({ error: null, finds: [] });
    stop.abort();
  });

  it.each([
    ['another led meanwhile', 'lease/5'],
    ['another leads', null],
  ])('is not when %s', async (_what, next) => {
    const terms: { now: string | null } = { now: 'lease/3' };
    const { clock, create, stop } = await inOffice(terms);
    expect((await create('pvc-1')).finds).toEqual([]);
    await clock.advance(15_000);
    terms.now = next;
    expect((await create('pvc-2')).finds).toHaveLength(2);
    stop.abort();
  });

  it('does not settle a name of which an array could not say whether it has it', async () => {
    const terms: { now: string | null } = { now: 'lease/3' };
    const { backends, clock, create, stop } = await inOffice(terms);
    const [down] = backends;
    terms.now = 'lease/5';
    if (down) down.isDown = true;
    expect((await create('pvc-1')).error).toMatchObject({ finality: 'in-doubt' });
    if (down) down.isDown = false;
    await clock.advance(90_000);
    expect((await create('pvc-2')).finds).toEqual([]);
    expect((await create('pvc-1')).finds).toHaveLength(2);
    stop.abort();
  });
});

function makeSecond(bench: Bench) {
  const { fleet, clock } = bench;
  return makeBench(0, { ...DOUBT, fleet, clock }).orchestrator;
}

describe('other operations', () => {
  it('keeps a volume that has snapshots', async () => {
    const bench = makeBench(1);
    const { volume } = await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    const snapshot = await bench.orchestrator.createSnapshot('snapshot-1', volume.handle, bench.call());
    expect((await failure(bench.orchestrator.deleteVolume(volume.handle, bench.call()))).code).toBe('precondition');
    await bench.orchestrator.deleteSnapshot(snapshot.handle, bench.call());
    await bench.orchestrator.deleteVolume(volume.handle, bench.call());
    expect(made(bench)).toBe(0);
  });

  it('asks the array for snapshots only while Kubernetes does not say', async () => {
    const bench = makeBench(1, { ledger: { hasSnapshots: () => false } });
    const { volume } = await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    await bench.orchestrator.deleteVolume(volume.handle, bench.call());
    expect(bench.backends[0]?.calls.filter(call => call.startsWith('has-snapshots'))).toEqual([]);
  });

  it('lists the fleet page by page without a gap or a double', async () => {
    const bench = makeBench(3);
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => bench.orchestrator.createVolume(request(`pvc-${index}`), bench.call())),
    );
    const seen: string[] = [];
    let token = '';
    do {
      const page = await bench.orchestrator.listVolumes({ limit: 4, token }, bench.call());
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items.map(({ volume }) => volume.handle.name));
      token = page.nextToken;
    } while (token !== '');
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it('names nodes by their whole id after a restart, asking once for a host that nobody knows', async () => {
    let asked = 0;
    const id = 'n2.example,iqn=iqn.2026-01.lab:n2,ip=10.0.0.2';
    const nodes = { nodeIds: () => Promise.resolve([id].slice(0, (asked += 1))) };
    const bench = makeBench(1, { nodes });
    const { volume } = await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    const connected = (...hosts: string[]) => bench.backends[0]?.connections.set(volume.handle.name, new Set(hosts));
    connected('n2-example', '10.0.0.2');
    const { orchestrator } = bench;
    const both = [0, 1].map(() => orchestrator.publishedNodeIds(volume.handle, bench.call()));
    expect(await Promise.all(both)).toEqual([[id], [id]]);
    connected('stranger');
    expect(await bench.orchestrator.publishedNodeIds(volume.handle, bench.call())).toEqual(['stranger']);
    expect(asked).toBe(1);
    await bench.clock.advance(6 * 60_000);
    await bench.orchestrator.publishedNodeIds(volume.handle, bench.call());
    await bench.orchestrator.publishedNodeIds(volume.handle, bench.call());
    expect(asked).toBe(2);
  });

  it('changes one limit and keeps the other', async () => {
    const bench = makeBench(1);
    const { volume } = await bench.orchestrator.createVolume(request('pvc-1'), bench.call());
    const modify = (parameters: Record<string, string>) =>
      bench.orchestrator.modifyVolume(volume.handle, parseMutableParameters(parameters), bench.call());
    await modify({ iops_limit: '500', bandwidth_limit: '1M' });
    await modify({ iops_limit: '700' });
    await expect(modify({ iops_limit: '900', export_policy: 'p' })).rejects.toMatchObject({ id: 'change-unsupported' });
    expect((await bench.orchestrator.getVolume(volume.handle, bench.call())).qos).toEqual({
      iopsLimit: 700,
      bandwidthLimitBytesPerSecond: 1048576,
    });
  });

  it('answers capacity without asking an array', async () => {
    const bench = makeBench(2);
    await bench.clock.advance(0);
    const before = bench.backends.map(({ calls }) => calls.length);
    const { availableBytes } = bench.orchestrator.capacity({ parameters: request('x').parameters, segments: {} });
    // Two arrays of 100 TiB, 10 TiB used, 90 % allowed.
    expect(availableBytes).toBe(160 * 1024 * GiB);
    expect(bench.backends.map(({ calls }) => calls.length)).toEqual(before);
  });

  it('never takes an unknown array for an absent volume', async () => {
    const bench = makeBench(1);
    const error = await failure(
      bench.orchestrator.deleteVolume({ arrayId: arrayId(7), name: 'k8s-pvc-1' }, bench.call()),
    );
    expect(error.code).toBe('unavailable');
  });
});
