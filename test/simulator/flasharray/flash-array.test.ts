import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../common/json.ts';
import { apiVersion, NEWEST_VERSION, PUBLISHED_VERSIONS } from './api-facts.ts';
import { ArrayClient } from './array-client.ts';
import type { DataPlane } from './data-plane.ts';
import { ROUTES } from './routes.ts';

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;

/** With what it cannot do without. */
function resourceOf(read: string): string {
  return read === 'GET volumes/diff' ? 'volumes/diff?names=v' : read.slice(4);
}

describe('FlashArray', () => {
  let client: ArrayClient;

  beforeEach(async () => {
    client = new ArrayClient();
    await client.login();
  });

  it('plays every operation that the derived facts hold', () => {
    const known = [...apiVersion(NEWEST_VERSION).operations.keys()].filter(name => !/ log(in|out)$/.test(name));
    expect(known.filter(name => !(name in ROUTES))).toEqual([]);
  });

  it.each(PUBLISHED_VERSIONS.filter(version => version !== '2.0' && version !== '2.1'))(
    'gives valid answers to every GET of %s',
    async version => {
      client.version = version;
      await client.volume('v');
      await client.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
      await client.call('POST', 'connections?host_names=h&volume_names=v', {});
      await client.call('POST', 'volume-snapshots?source_names=v', { suffix: 's' });
      await client.call('POST', 'pods?names=p', {});
      await client.call('POST', 'volume-groups?names=g', {});
      await client.call('POST', 'protection-groups?names=pg');
      await client.call('POST', 'protection-groups/volumes?group_names=pg&member_names=v');
      await client.call('POST', 'protection-group-snapshots?source_names=pg', { suffix: 's' });
      await client.call('PUT', 'volumes/tags/batch?resource_names=v', [{ key: 'k', value: 'x' }]);
      const reads = [...apiVersion(version).operations.keys()].filter(name => /^GET (?!arrays\/cloud-)/.test(name));
      for (const read of reads)
        expect({ read, status: (await client.call('GET', resourceOf(read))).status }).toEqual({ read, status: 200 });
    },
  );

  it('knows no route or parameter that a version does not have', async () => {
    client.version = '2.4';
    expect((await client.call('GET', 'container-default-protections')).status).toBe(404);
    expect(await client.call('GET', 'volumes?allow_errors=true')).toMatchObject({
      status: 400,
      message: 'Unknown query parameter.',
    });
    expect((await client.call('POST', 'volumes?names=v', { tags: [] })).message).toBe(
      'Unknown property in request body.',
    );
    expect((await client.volume('v')).items[0]).not.toHaveProperty('workload');
  });

  it('ends a session that idles, and refuses a reader’s writes', async () => {
    client.clock.advance(31 * 60_000);
    expect(await client.call('GET', 'volumes')).toMatchObject({ status: 401, message: 'Invalid session.' });
    await client.login('readonly');
    expect((await client.volume('v')).status).toBe(403);
    expect((await client.call('GET', 'volumes')).status).toBe(200);
  });

  it('does all of a call that names several objects, or nothing', async () => {
    await client.volume('b');
    expect(await client.call('POST', 'volumes?names=a,b,c', { provisioned: GIB })).toMatchObject({
      status: 400,
      message: 'Volume already exists.',
    });
    expect(await client.names('volumes')).toEqual(['b']);
  });

  it.each([
    ['-a', 'Volume name must be'],
    ['a'.repeat(64), 'Volume name must be'],
    ['1234', 'Volume name must be'],
  ])('refuses the name %s', async (name, message) => {
    expect((await client.volume(name)).message).toMatch(message);
  });

  it('takes names in any case, and keeps theirs', async () => {
    await client.volume('Mixed');
    expect((await client.volume('mIXED')).message).toBe('Volume already exists.');
    expect(await client.names('volumes?names=MIXED')).toEqual(['Mixed']);
  });

  it('rounds a small size up, and refuses odd and huge ones', async () => {
    expect((await client.volume('small', 512)).items[0]?.provisioned).toBe(2 ** 20);
    expect((await client.volume('odd', GIB + 1)).status).toBe(400);
    expect((await client.volume('huge', 2 ** 52 + 512)).status).toBe(400);
  });

  it('truncates only when told to', async () => {
    await client.volume('v', 2 * GIB);
    expect((await client.call('PATCH', 'volumes?names=v', { provisioned: GIB })).status).toBe(400);
    expect(
      (await client.call('PATCH', 'volumes?names=v&truncate=true', { provisioned: GIB })).items[0]?.provisioned,
    ).toBe(GIB);
  });

  it('keeps a destroyed volume, its snapshots and its name until its time is over', async () => {
    await client.volume('v');
    await client.call('POST', 'volume-snapshots?source_names=v', { suffix: 's' });
    await client.call('PATCH', 'volumes?names=v', { destroyed: true });
    expect(await client.names('volume-snapshots?destroyed=true')).toEqual(['v.s']);
    expect((await client.volume('v')).message).toBe('Volume already exists.');
    client.clock.advance(DAY_MS - 1);
    await client.login();
    expect(await client.names('volumes?destroyed=true')).toEqual(['v']);
    client.clock.advance(1);
    expect(await client.names('volumes')).toEqual([]);
    expect((await client.volume('v')).status).toBe(200);
  });

  it('refuses to destroy a connected volume, and a rename together with it', async () => {
    await client.volume('v');
    await client.call('POST', 'hosts?names=h', {});
    await client.call('POST', 'connections?host_names=h&volume_names=v', {});
    expect((await client.call('PATCH', 'volumes?names=v', { destroyed: true })).message).toMatch(
      'existing connections',
    );
    expect((await client.call('PATCH', 'volumes?names=v', { destroyed: true, name: 'w' })).message).toBe(
      'Invalid combination of parameters specified.',
    );
    expect((await client.call('DELETE', 'hosts?names=h')).message).toBe(
      'Host cannot be deleted due to existing connections.',
    );
  });

  it('numbers private LUNs from 1 up and shared ones from 254 down', async () => {
    await client.call('POST', 'volumes?names=a,b,c,d', { provisioned: GIB });
    await client.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
    await client.call('POST', 'host-groups?names=g', {});
    await client.call('POST', 'host-groups/hosts?group_names=g&member_names=h');
    const lun = async (query: string): Promise<unknown> =>
      (await client.call('POST', `connections?${query}`, {})).items[0]?.lun;
    expect(await lun('host_names=h&volume_names=a')).toBe(1);
    expect(await lun('host_names=h&volume_names=b')).toBe(2);
    expect(await lun('host_group_names=g&volume_names=c')).toBe(254);
    await client.call('DELETE', 'connections?host_names=h&volume_names=a');
    expect(await lun('host_names=h&volume_names=d')).toBe(1);
    expect((await client.call('GET', 'connections?host_names=h')).items).toHaveLength(3);
  });

  it('gives an initiator to one host only', async () => {
    await client.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:x'] });
    const second = await client.call('POST', 'hosts?names=i', { iqns: ['IQN.2024-01.org.example:X'] });
    expect(second.message).toMatch('already in use');
  });

  it('pages with tokens, counts, sorts and filters', async () => {
    await client.call('POST', 'volumes?names=a1,a2,b1', { provisioned: GIB });
    const first = await client.call('GET', 'volumes?limit=2&total_item_count=true');
    expect(first).toMatchObject({ total: 3, more: true });
    expect(await client.names(`volumes?continuation_token=${first.token ?? ''}`)).toEqual(['b1']);
    expect(await client.names('volumes?sort=name-')).toEqual(['b1', 'a2', 'a1']);
    const filter = encodeURIComponent("(name='a*' or name='B1') and not name='a2' and destroyed='false'");
    expect(await client.names(`volumes?filter=${filter}`)).toEqual(['a1', 'b1']);
    expect((await client.call('GET', 'volumes?limit=0&total_item_count=true')).total).toBe(3);
    expect((await client.call('GET', 'volumes?filter=name%3D')).message).toBe('Invalid filter.');
  });

  it('joins default protection, and a ratcheted group keeps its volumes from eradication', async () => {
    await client.call('POST', 'protection-groups?names=safe');
    await client.call('PATCH', 'container-default-protections', {
      default_protections: [{ name: 'safe', type: 'protection_group' }],
    });
    await client.volume('in');
    await client.call('POST', 'volumes?names=out&with_default_protection=false', { provisioned: GIB });
    const members = (await client.call('GET', 'protection-groups/volumes?group_names=safe')).items;
    expect(members.map(({ member }) => (member as JsonObject).name)).toEqual(['in']);
    await client.call('PATCH', 'protection-groups?names=safe', { retention_lock: 'ratcheted' });
    await client.call('PATCH', 'volumes?names=in,out', { destroyed: true });
    expect((await client.call('DELETE', 'volumes?names=in')).message).toBe('Eradication is disabled.');
    expect((await client.call('DELETE', 'volumes?names=out')).status).toBe(200);
  });

  it('changes load and space with time and with what is created', async () => {
    const read = async (): Promise<{ iops: unknown; used: unknown }> => {
      const [performance, space] = [
        await client.call('GET', 'arrays/performance'),
        await client.call('GET', 'arrays/space'),
      ];
      return { iops: performance.items[0]?.reads_per_sec, used: (space.items[0]?.space as JsonObject).total_used };
    };
    const before = await read();
    expect(await read()).toEqual(before);
    await client.volume('v', 2 ** 40);
    client.clock.advance(20 * 60_000);
    const after = await read();
    expect(after.iops).not.toBe(before.iops);
    expect(after.used).toBeGreaterThan(Number(before.used));
  });
});

describe('FlashArray with a data plane', () => {
  it('changes nothing when data could not be changed, and frees data only at eradication', async () => {
    const calls: string[] = [];
    const act = (name: string) => async (): Promise<void> => {
      await Promise.resolve();
      calls.push(name);
      if (name === 'connected') throw new Error('no target');
    };
    const plane: DataPlane = {
      prepare: act('prepare'),
      volumeCreated: act('created'),
      volumeCloned: act('cloned'),
      snapshotsTaken: act('snapshots'),
      volumeResized: act('resized'),
      connected: act('connected'),
      disconnected: act('disconnected'),
      volumeEradicated: act('eradicated'),
      snapshotEradicated: act('snapshot eradicated'),
    };
    const client = new ArrayClient({}, { dataPlane: plane });
    await client.login();
    await client.volume('v');
    await client.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
    expect(await client.call('POST', 'connections?host_names=h&volume_names=v', {})).toMatchObject({ status: 500 });
    expect((await client.call('GET', 'connections')).items).toEqual([]);
    await client.call('PATCH', 'volumes?names=v', { destroyed: true });
    expect(calls).toEqual(['created', 'connected']);
    await client.call('DELETE', 'volumes?names=v');
    expect(calls).toEqual(['created', 'connected', 'eradicated']);
  });
});
