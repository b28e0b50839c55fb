import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../common/json.ts';
import { ArrayClient } from './array-client.ts';
import { ArrayNetwork } from './array-network.ts';
import { RESYNC_MS } from './pod-health.ts';

const GIB = 2 ** 30;

describe('a pod stretched over two arrays', () => {
  let a: ArrayClient;
  let b: ArrayClient;
  let isUp: { a: boolean; b: boolean };

  beforeEach(async () => {
    const network = new ArrayNetwork();
    isUp = { a: true, b: true };
    a = new ArrayClient({ name: 'a' }, { network, isUp: () => isUp.a });
    b = new ArrayClient({ name: 'b' }, { network, isUp: () => isUp.b, clock: a.clock });
    await a.login();
    await b.login();
    const connection_key = (await b.call('GET', 'array-connections/connection-key')).items[0]?.connection_key;
    const connection = { management_address: '192.0.2.2', type: 'sync-replication', connection_key };
    expect((await a.call('POST', 'array-connections', connection)).status).toBe(200);
    await a.call('POST', 'pods?names=p', {});
    await a.volume('p::before');
    expect((await a.call('POST', 'pods/arrays?group_names=p&member_names=b')).status).toBe(200);
  });

  const statuses = async (client: ArrayClient): Promise<unknown> => {
    const [pod] = (await client.call('GET', 'pods?names=p')).items;
    const arrays = (pod?.arrays ?? []) as readonly JsonObject[];
    return Object.fromEntries(arrays.map(({ name, status }) => [name as string, status]));
  };
  const settled = (): void => a.clock.advance(RESYNC_MS);

  it('shows a connection on both sides, and guards it while it is in use', async () => {
    expect((await b.call('GET', 'array-connections')).items).toMatchObject([
      { name: 'a', status: 'connected', type: 'sync-replication' },
    ]);
    expect((await b.call('DELETE', 'array-connections?names=a')).message).toMatch('in use by a stretched pod');
    expect(
      (await a.call('POST', 'array-connections', { management_address: 'x', type: 'sync-replication' })).message,
    ).toBe('Invalid connection key.');
  });

  it('serves the same volumes under the same serials', async () => {
    expect(await statuses(a)).toEqual({ a: 'online', b: 'resyncing' });
    settled();
    expect(await statuses(b)).toEqual({ a: 'online', b: 'online' });
    const made = await b.volume('p::after');
    await a.call('PATCH', 'volumes?names=p::after', { provisioned: 2 * GIB });
    await a.call('POST', 'volume-snapshots?source_names=p::before', { suffix: 's' });
    const read = async (client: ArrayClient): Promise<unknown> =>
      (await client.call('GET', 'volumes?sort=name')).items.map(({ name, serial, provisioned }) => [
        name,
        serial,
        provisioned,
      ]);
    expect(await read(a)).toEqual(await read(b));
    expect(await read(b)).toContainEqual(['p::after', made.items[0]?.serial, 2 * GIB]);
    expect(await b.names('volume-snapshots')).toEqual(['p::before.s']);
  });

  it('is connected on each array to the hosts of that array, and destroyed only when on none', async () => {
    await a.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
    await b.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
    await a.call('POST', 'connections?host_names=h&volume_names=p::before', {});
    await b.call('POST', 'connections?host_names=h&volume_names=p::before', { lun: 7 });
    expect((await a.call('GET', 'connections?volume_names=p::before')).items).toMatchObject([{ lun: 1 }]);
    expect((await b.call('GET', 'connections')).items).toMatchObject([{ lun: 7 }]);
    await a.call('DELETE', 'connections?host_names=h&volume_names=p::before');
    expect((await a.call('PATCH', 'volumes?names=p::before', { destroyed: true })).status).toBe(400);
    await b.call('DELETE', 'connections?host_names=h&volume_names=p::before');
    expect((await a.call('PATCH', 'volumes?names=p::before', { destroyed: true })).status).toBe(200);
    expect(await b.names('volumes?destroyed=true')).toEqual(['p::before']);
    await b.call('DELETE', 'volumes?names=p::before');
    expect(await a.names('volumes')).toEqual([]);
  });

  it('goes on without an array that is down, which follows when it is back', async () => {
    settled();
    isUp.a = false;
    expect(await statuses(b)).toEqual({ a: 'offline', b: 'online' });
    expect((await b.volume('p::alone')).status).toBe(200);
    isUp.a = true;
    expect(await statuses(b)).toEqual({ a: 'resyncing', b: 'online' });
    settled();
    expect(await statuses(a)).toEqual({ a: 'online', b: 'online' });
    expect(await a.names('volumes?names=p::alone')).toEqual(['p::alone']);
  });

  it('is served by one array only when both lose touch: the preferred one', async () => {
    settled();
    await a.call('PATCH', 'pods?names=p', { failover_preferences: [{ name: 'b' }] });
    const [link] = a.array.network.links;
    expect(link).toBeDefined();
    if (link !== undefined) link.isCut = true;
    expect(await statuses(a)).toEqual({ a: 'offline', b: 'online' });
    expect((await a.volume('p::no')).message).toBe('Pod is not online on this array.');
    expect((await b.volume('p::yes')).status).toBe(200);
    expect((await a.call('GET', 'array-connections')).items).toMatchObject([{ status: 'connecting' }]);
  });

  it('is served by nobody when the survivor does not reach the mediator', async () => {
    settled();
    b.array.state.conditions.isMediatorReachable = false;
    isUp.a = false;
    expect(await statuses(b)).toEqual({ a: 'offline', b: 'offline' });
  });

  it('has its limits', async () => {
    expect((await a.call('POST', 'pods/arrays?group_names=p&member_names=b')).message).toMatch('already includes');
    expect((await a.call('PATCH', 'pods?names=p&destroy_contents=true', { destroyed: true })).message).toMatch(
      'unstretch it first',
    );
    await a.volume('outside');
    expect((await a.call('PATCH', 'volumes?names=outside', { pod: { name: 'p' } })).message).toMatch('stretched pod');
  });

  it('leaves a destroyed pod behind on the array that it is taken from, and its paths are gone', async () => {
    await b.call('POST', 'hosts?names=h', { iqns: ['iqn.2024-01.org.example:h'] });
    await b.call('POST', 'connections?host_names=h&volume_names=p::before', {});
    expect((await a.call('DELETE', 'pods/arrays?group_names=p&member_names=b')).status).toBe(200);
    expect(await b.names('volumes')).toEqual([]);
    expect((await b.call('GET', 'pods')).items).toMatchObject([{ name: 'p.restretch', destroyed: true }]);
    expect((await b.call('GET', 'connections')).items).toEqual([]);
    expect(await a.names('volumes')).toEqual(['p::before']);
    expect(await statuses(a)).toEqual({ a: 'online' });
  });
});
