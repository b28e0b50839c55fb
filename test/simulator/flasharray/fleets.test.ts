import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../common/json.ts';
import { ArrayClient } from './array-client.ts';
import { ArrayNetwork } from './array-network.ts';

const GIB = 2 ** 30;

describe('a fleet', () => {
  let a: ArrayClient;
  let b: ArrayClient;
  let isUp: boolean;

  beforeEach(async () => {
    const network = new ArrayNetwork();
    isUp = true;
    a = new ArrayClient({ name: 'a' }, { network });
    b = new ArrayClient({ name: 'b', model: 'CBS-V10MP2R2' }, { network, clock: a.clock, isUp: () => isUp });
    await a.login();
    await b.login();
    await a.call('POST', 'fleets?names=all');
    const key = (await a.call('POST', 'fleets/fleet-key')).items[0]?.fleet_key;
    const joined = await b.call('POST', 'fleets/members', { members: [{ key, member: { name: 'b' } }] });
    expect(joined.items).toMatchObject([{ status: 'joined', fleet: { name: 'all' } }]);
    await a.volume('on-a');
    await b.volume('on-b');
  });

  it('shows its members to each', async () => {
    expect((await b.call('GET', 'remote-arrays?current_fleet_only=true')).items).toMatchObject([
      { name: 'a', is_local: false, model: 'FA-X70R4' },
      { name: 'b', is_local: true, model: 'CBS-V10MP2R2', fleet: { name: 'all' } },
    ]);
    expect((await a.call('GET', 'fleets/members')).items).toHaveLength(2);
    const wrong = await b.call('POST', 'fleets/members', { members: [{ key: 'x', member: { name: 'b' } }] });
    expect(wrong.message).toMatch('already a member');
  });

  it('answers for another array where `context_names` says so', async () => {
    expect(await a.names('volumes?context_names=b')).toEqual(['on-b']);
    await a.call('POST', 'volumes?names=made&context_names=b', { provisioned: GIB });
    expect(await b.names('volumes')).toEqual(['on-b', 'made']);
    const { items } = await a.call('GET', 'volumes?context_names=all&sort=name');
    expect(items.map(({ name, context }) => [name, (context as JsonObject).name])).toEqual([
      ['made', 'b'],
      ['on-a', 'a'],
      ['on-b', 'b'],
    ]);
    expect((await a.call('GET', 'volumes?context_names=a,b&limit=0&total_item_count=true')).total).toBe(3);
    expect((await a.call('POST', 'volumes?names=x&context_names=a,b', {})).message).toMatch('exactly one context');
    expect((await a.call('GET', 'volumes?context_names=c')).message).toBe('Context does not exist.');
  });

  it('pages over several contexts', async () => {
    const { items, token } = await a.call('GET', 'volumes?context_names=all&limit=1');
    const rest = await a.names(
      `volumes?context_names=all&limit=1&continuation_token=${encodeURIComponent(token ?? '')}`,
    );
    expect([...items.map(({ name }) => name), ...rest]).toEqual(['on-a', 'on-b']);
  });

  it('tells what it can when one array does not answer, if that is allowed', async () => {
    isUp = false;
    expect((await a.call('GET', 'volumes?context_names=a,b')).status).toBe(400);
    const partial = await a.raw('GET', 'volumes?context_names=a,b&allow_errors=true');
    expect(partial.status).toBe(207);
    expect(JSON.parse(partial.body)).toMatchObject({
      items: [{ name: 'on-a' }],
      errors: [{ message: 'Remote array is not reachable.', location_context: { name: 'b' } }],
    });
  });

  it('knows no contexts before REST 2.38', async () => {
    a.version = '2.37';
    expect((await a.call('GET', 'volumes?context_names=b')).message).toBe('Unknown query parameter.');
  });
});
