import { describe, expect, it } from '@jest/globals';
import { GiB } from '../domain/bytes.ts';
import { FleetUsage } from './fleet-usage.ts';
import { arrayId, makeBench } from './testing/bench.ts';

const qos = { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 };

async function setUp() {
  const { clock, fleet, backends } = makeBench(2);
  const [first, second] = backends;
  if (!first || !second) throw new Error('The bench has two arrays.');
  const source = { kind: 'blank' } as const;
  for (const name of ['k8s-a', 'foreign'])
    await first.createVolume({ name, sizeBytes: GiB, qos, source, fileSystem: null, tags: {} });
  await fleet.whenAsked(1000);
  const asked = () => first.calls.filter(name => name === 'usage').length;
  return { clock, fleet, first, second, asked, usage: new FleetUsage({ clock, fleet, clusterId: 'k8s' }) };
}

describe('usage of the fleet', () => {
  it('is told array by array, with volumes of this cluster', async () => {
    const { clock, usage } = await setUp();
    const { arrays } = await usage.tell();
    expect(arrays.map(({ name, endpoint, trouble }) => [name, endpoint, trouble])).toEqual([
      ['a0', 'array-0', null],
      ['a1', 'array-1', null],
    ]);
    expect(arrays[0]?.largest.map(({ handle }) => handle)).toEqual([`${arrayId(0)}/k8s-a`]);
    expect(arrays[0]?.history.at(-1)?.atMs).toBe(clock.wallMs());
  });

  it('is unknown of an array that does not answer, which says why', async () => {
    const { second, usage } = await setUp();
    second.isDown = true;
    const { arrays } = await usage.tell();
    expect(arrays.map(({ history }) => history.length)).toEqual([1, 0]);
    expect(arrays[1]?.trouble).toMatch(/^Array a1 does not answer\./);
  });

  it('costs an array one question a minute, however many ask', async () => {
    const { clock, usage, asked } = await setUp();
    await Promise.all([usage.tell(), usage.tell(), usage.tell()]);
    await usage.tell();
    expect(asked()).toBe(1);
    await clock.advance(60_000);
    await usage.tell();
    expect(asked()).toBe(2);
  });
});
