import { describe, expect, it } from '@jest/globals';
import { KeptVolumes } from './kept-volumes.ts';
import { makeBench } from './testing/bench.ts';

const HOUR_MS = 3_600_000;

function setUp() {
  const { clock, fleet, backends } = makeBench(2);
  const [first, second] = backends;
  if (!first || !second) throw new Error('The bench has two arrays.');
  const kept = new KeptVolumes({ clock, fleet, clusterId: 'k8s' });
  return { clock, fleet, first, second, kept };
}

describe('deleted volumes', () => {
  it('are told by each array that has some of this cluster, those first that are erased first', async () => {
    const { first, kept } = setUp();
    first.deleted.push(
      { name: 'k8s-later', sizeBytes: 2, leftMs: 2 * HOUR_MS },
      { name: 'k8s-never', sizeBytes: 3, leftMs: null },
      { name: 'k8s-soon', sizeBytes: 1, leftMs: HOUR_MS },
      { name: 'other-soonest', sizeBytes: 1, leftMs: 1 },
    );
    const { arrays } = await kept.list();
    expect(arrays.map(({ name, volumes }) => [name, volumes.map(volume => volume.name)])).toEqual([
      ['a0', ['k8s-soon', 'k8s-later', 'k8s-never']],
      ['a1', []],
    ]);
    expect(arrays.every(({ isWhole, trouble }) => isWhole && trouble === null)).toBe(true);
  });

  it('are those whose names this cluster gave, in a pod or not: none of a pod or volume group that is only called so', async () => {
    const { first, kept } = setUp();
    const names = ['k8s-own', 'k8s-lab::k8s-own', 'k8s-lab::payroll', 'k8s-lab/payroll'];
    first.deleted.push(...names.map(name => ({ name, sizeBytes: 1, leftMs: 1 })));
    const [array] = (await kept.list()).arrays;
    expect(array?.volumes.map(({ name }) => name)).toEqual(['k8s-own', 'k8s-lab::k8s-own']);
  });

  it('of an array that does not answer are unknown, and it says why', async () => {
    const { second, kept } = setUp();
    second.isDown = true;
    const { arrays } = await kept.list();
    expect(arrays).toMatchObject([
      { isWhole: true, trouble: null },
      { volumes: [], isWhole: false, trouble: expect.stringMatching(/^Array a1 does not answer\./) },
    ]);
  });

  it('are more than are listed where there are too many', async () => {
    const { first, kept } = setUp();
    for (let index = 0; index < 501; index += 1) first.deleted.push({ name: `k8s-${index}`, sizeBytes: 1, leftMs: 1 });
    const [array] = (await kept.list()).arrays;
    expect(array?.volumes).toHaveLength(500);
    expect(array?.isWhole).toBe(false);
  });

  it('cost an array one call in ten seconds, however many ask', async () => {
    const { clock, first, kept } = setUp();
    const asked = () => first.calls.filter(name => name === 'deleted').length;
    await Promise.all([kept.list(), kept.list(), kept.list()]);
    await kept.list();
    expect(asked()).toBe(1);
    await clock.advance(10_000);
    await kept.list();
    expect(asked()).toBe(2);
  });
});
