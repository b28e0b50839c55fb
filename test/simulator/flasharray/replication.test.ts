import { beforeEach, describe, expect, it } from '@jest/globals';
import { ArrayClient } from './array-client.ts';
import { ArrayNetwork } from './array-network.ts';
import type { DataPlane, DataPlaneSnapshot } from './data-plane.ts';

const GIB = 2 ** 30;

describe('a protection group with a target', () => {
  let a: ArrayClient;
  let b: ArrayClient;

  const pair = async (dataPlane?: DataPlane): Promise<void> => {
    const network = new ArrayNetwork();
    const plane = dataPlane === undefined ? {} : { dataPlane };
    a = new ArrayClient({ name: 'a' }, { network, ...plane });
    b = new ArrayClient({ name: 'b' }, { network, clock: a.clock, ...plane });
    await a.login();
    await b.login();
    network.link(a.array.state, b.array.state, 'async-replication');
    await a.volume('v', 1024 * GIB);
    await a.call('POST', 'protection-groups?names=pg');
    await a.call('POST', 'protection-groups/volumes?group_names=pg&member_names=v');
    await a.call('POST', 'protection-groups/targets?group_names=pg&member_names=b');
  };
  const snap = async (suffix: string): Promise<unknown> =>
    (await a.call('POST', 'protection-group-snapshots?source_names=pg&replicate_now=true', { suffix })).message;
  const transfer = async (): Promise<Record<string, unknown> | undefined> =>
    (await a.call('GET', 'protection-group-snapshots/transfer')).items[0];

  beforeEach(async () => pair());

  it('is allowed by its target only', async () => {
    expect((await b.call('GET', 'protection-groups')).items).toMatchObject([{ name: 'a:pg', is_local: false }]);
    const allow = async (client: ArrayClient, name: string): Promise<unknown> =>
      (await client.call('PATCH', `protection-groups/targets?group_names=${name}`, { allowed: true })).message;
    expect(await allow(a, 'pg')).toMatch('from the target array');
    expect(await allow(b, 'a:pg')).toBeUndefined();
    expect(await allow(b, 'a:pg')).toMatch('already allowed on b');
    expect((await a.call('GET', 'protection-groups/targets')).items).toMatchObject([
      { group: { name: 'pg' }, member: { name: 'b' }, allowed: true, status: 'replicating' },
    ]);
    expect((await a.call('POST', 'protection-groups/targets?group_names=pg&member_names=b')).message).toMatch(
      'already includes',
    );
    expect((await a.call('POST', 'protection-groups/targets?group_names=pg&member_names=c')).message).toBe(
      'Target array could not be found.',
    );
  });

  it('replicates nothing where it is not allowed', async () => {
    expect(await snap('s')).toBeUndefined();
    expect(await transfer()).toBeUndefined();
  });

  it('takes its time, then can be cloned on the target', async () => {
    await b.call('PATCH', 'protection-groups/targets?group_names=a:pg', { allowed: true });
    a.array.state.volume('v').forcedUsedBytes = 300 * GIB;
    await snap('s');
    a.clock.advance(60_000);
    expect(await b.names('volume-snapshots')).toEqual([]);
    const running = await transfer();
    expect(running).toMatchObject({ name: 'pg.s', completed: null });
    expect(running?.progress).toBeGreaterThan(0.1);
    a.clock.advance(600_000);
    expect(await b.names('protection-group-snapshots')).toEqual(['a:pg.s']);
    expect((await b.call('GET', 'volume-snapshots')).items).toMatchObject([
      { name: 'a:pg.s.v', source: { name: 'a:v' }, provisioned: 1024 * GIB },
    ]);
    expect(await transfer()).toMatchObject({ progress: 1, data_transferred: 100 * GIB });
    const clone = await b.call('POST', 'volumes?names=clone', { source: { name: 'a:pg.s.v' } });
    expect(clone.items).toMatchObject([{ provisioned: 1024 * GIB }]);
    expect(await b.names('volumes')).toEqual(['clone']);
  });

  it('waits while the arrays do not reach each other, and sends changes only later on', async () => {
    await b.call('PATCH', 'protection-groups/targets?group_names=a:pg', { allowed: true });
    a.array.state.volume('v').forcedUsedBytes = 300 * GIB;
    await snap('one');
    const [link] = a.array.network.links;
    if (link !== undefined) link.isCut = true;
    a.clock.advance(3_600_000);
    await a.login();
    await b.login();
    expect(await b.names('volume-snapshots')).toEqual([]);
    if (link !== undefined) link.isCut = false;
    expect(await b.names('volume-snapshots')).toEqual(['a:pg.one.v']);
    await snap('two');
    const [, second] = (await a.call('GET', 'protection-group-snapshots/transfer')).items;
    a.clock.advance(60_000);
    expect(second).toMatchObject({ name: 'pg.two' });
    expect(await b.names('protection-group-snapshots')).toEqual(['a:pg.one', 'a:pg.two']);
  });

  it('copies data under new serials before the target shows it', async () => {
    const taken: DataPlaneSnapshot[][] = [];
    const nothing = async (): Promise<void> => Promise.resolve();
    await pair({
      prepare: nothing,
      volumeCreated: nothing,
      volumeCloned: nothing,
      snapshotsTaken: async snapshots => {
        await Promise.resolve();
        taken.push([...snapshots]);
      },
      volumeResized: nothing,
      connected: nothing,
      disconnected: nothing,
      volumeEradicated: nothing,
      snapshotEradicated: nothing,
    });
    await b.call('PATCH', 'protection-groups/targets?group_names=a:pg', { allowed: true });
    await snap('s');
    a.clock.advance(600_000);
    const [copy] = (await b.call('GET', 'volume-snapshots')).items;
    const [[source] = []] = taken;
    expect(taken).toHaveLength(2);
    expect(taken[1]).toMatchObject([
      { arrayIqn: b.array.settings.iqn, volumeSerial: source?.snapshotSerial, snapshotSerial: copy?.serial },
    ]);
  });

  it('keeps schedules and retention as they were set', async () => {
    await a.call('PATCH', 'protection-groups?names=pg', {
      replication_schedule: { enabled: true, frequency: 3_600_000 },
      target_retention: { days: 3 },
    });
    expect((await a.call('GET', 'protection-groups')).items).toMatchObject([
      {
        replication_schedule: { enabled: true, frequency: 3_600_000 },
        target_retention: { days: 3, per_day: 4 },
        target_count: 1,
      },
    ]);
  });
});

describe('volumes/diff', () => {
  it('tells blocks that changed between two snapshots: the same each time, and within what was written', async () => {
    const client = new ArrayClient();
    await client.login();
    await client.volume('v', GIB);
    client.array.state.volume('v').forcedUsedBytes = GIB / 4;
    await client.call('POST', 'volume-snapshots?source_names=v', { suffix: 'one' });
    client.clock.advance(20 * 60_000);
    await client.call('POST', 'volume-snapshots?source_names=v', { suffix: 'two' });
    const diff = async (query: string): Promise<{ offset: number; length: number }[]> =>
      (await client.call('GET', `volumes/diff?${query}`)).items as unknown as { offset: number; length: number }[];
    const bytes = (extents: readonly { length: number }[]): number => extents.reduce((sum, one) => sum + one.length, 0);
    const all = await diff('names=v.two');
    const changed = await diff('names=v.two&base_name=v.one');
    expect(bytes(all)).toBeGreaterThan(GIB / 8);
    expect(bytes(all)).toBeLessThan(GIB / 2);
    expect(bytes(changed)).toBeLessThan(bytes(all) / 4);
    expect(await diff('names=v.two&base_name=v.one')).toEqual(changed);
    expect(await diff('names=v.two&base_name=v.two')).toEqual([]);
    const part = await diff(`names=v.two&segment_offset=${GIB / 2}&segment_length=${GIB / 4}`);
    expect(part.every(({ offset, length }) => offset >= GIB / 2 && offset + length <= (GIB * 3) / 4)).toBe(true);
    expect((await client.call('GET', 'volumes/diff?names=v.two&block_size=100')).message).toMatch('multiple of 512');
  });
});
