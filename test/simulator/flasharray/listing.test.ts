import { beforeEach, describe, expect, it } from '@jest/globals';
import { ArrayClient } from './array-client.ts';

const GIB = 2 ** 30;

describe('a listing that spans pages', () => {
  let client: ArrayClient;

  beforeEach(async () => {
    client = new ArrayClient();
    await client.login();
    await client.call('POST', 'volumes?names=a,b,c,d,e', { provisioned: GIB });
  });

  /** Reads pages of two; `between` happens after the first. */
  const read = async (resource: string, between: () => Promise<unknown>): Promise<unknown[]> => {
    const first = await client.call('GET', `${resource}limit=2`);
    await between();
    const items = [...first.items];
    let { token } = first;
    while (token !== null) {
      const page = await client.call('GET', `${resource}limit=2&continuation_token=${encodeURIComponent(token)}`);
      items.push(...page.items);
      ({ token } = page);
    }
    return items;
  };
  const names = (items: readonly unknown[]): unknown[] => items.map(item => (item as { name: unknown }).name);

  it('misses and repeats nothing when objects go', async () => {
    const items = await read('volumes?', async () => {
      await client.call('PATCH', 'volumes?names=a,b,c', { destroyed: true });
      await client.call('DELETE', 'volumes?names=a,b,c');
    });
    expect(names(items)).toEqual(['a', 'b', 'd', 'e']);
  });

  it('shows objects that came since at its end', async () => {
    expect(names(await read('volumes?', async () => client.volume('f')))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('goes on inside the rows of one object', async () => {
    await client.call(
      'PUT',
      'volumes/tags/batch?resource_names=a,b',
      ['x', 'y', 'z'].map(key => ({ key, value: '1' })),
    );
    const items = await read('volumes/tags?', async () => client.volume('f'));
    const rows = items.map(item => {
      const { key, resource } = item as { key: string; resource: { name: string } };
      return `${resource.name}${key}`;
    });
    expect(rows).toEqual(['ax', 'ay', 'az', 'bx', 'by', 'bz']);
  });

  it('pages connections of a host group by member', async () => {
    await client.call('POST', 'hosts?names=h,i', {});
    await client.call('POST', 'host-groups?names=g', {});
    await client.call('POST', 'host-groups/hosts?group_names=g&member_names=h,i');
    await client.call('POST', 'connections?host_group_names=g&volume_names=a,b,c', {});
    const items = await read('connections?', async () =>
      client.call('DELETE', 'connections?host_group_names=g&volume_names=a'),
    );
    const rows = items.map(item => {
      const { host, volume } = item as Record<'host' | 'volume', { name: string }>;
      return volume.name + host.name;
    });
    expect(rows).toEqual(['ah', 'ai', 'bh', 'bi', 'ch', 'ci']);
  });

  it('refuses a token that is none, and one of another endpoint', async () => {
    const { token } = await client.call('GET', 'volumes?limit=2');
    const reuse = async (resource: string, text: string): Promise<unknown> =>
      (await client.call('GET', `${resource}?continuation_token=${encodeURIComponent(text)}`)).message;
    expect(await reuse('hosts', token ?? '')).toBe('Invalid continuation token.');
    expect(await reuse('volumes', 'cGFnZToy')).toBe('Invalid continuation token.');
  });

  it('tells a total where there is `total_only`, of all that pass the filter', async () => {
    const call = async (
      query: string,
    ): Promise<{ items: unknown[]; total: { provisioned: unknown; name: unknown }[] }> => {
      const response = await client.raw('GET', `volumes?${query}`);
      return JSON.parse(response.body) as Awaited<ReturnType<typeof call>>;
    };
    expect((await call('limit=2')).total).toMatchObject([{ provisioned: 5 * GIB, name: null }]);
    const filtered = await call("total_only=true&filter=name%3D('a','b')");
    expect(filtered).toMatchObject({ items: [], total: [{ provisioned: 2 * GIB }] });
    expect(JSON.parse((await client.raw('GET', 'hosts')).body)).not.toHaveProperty('total');
  });
});
