import { beforeEach, describe, expect, it } from '@jest/globals';
import { apiVersion, NEWEST_VERSION, PUBLISHED_VERSIONS } from './api-facts.ts';
import { ROUTES } from './routes.ts';
import { TestClient } from './test-client.ts';

const GIB = 2 ** 30;
const HOUR_MS = 3_600_000;

describe('FlashBlade', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = new TestClient();
    await client.login();
  });

  it('plays every operation that the derived facts hold', () => {
    const known = [...apiVersion(NEWEST_VERSION).operations.keys()];
    expect(known.filter(name => !(name in ROUTES))).toEqual([]);
  });

  it.each(PUBLISHED_VERSIONS)('gives valid answers to every GET of %s', async version => {
    client.version = version;
    const { operations } = apiVersion(version);
    const post = async (path: string, body: unknown = {}): Promise<void> => {
      if (operations.has(`POST ${path.replace(/\?.*/, '')}`))
        expect(await client.call('POST', path, body)).toMatchObject({ status: 200 });
    };
    await post('nfs-export-policies?names=p', { rules: [{ client: '10.0.0.1', permission: 'rw' }] });
    await post('qos-policies?names=q', { max_total_ops_per_sec: 1000 });
    await post('policies?names=daily', { rules: [{ every: 86_400_000, keep_for: 604_800_000 }] });
    await post('file-systems?names=f', { provisioned: GIB, nfs: { v4_1_enabled: true, rules: '' } });
    await post('file-systems?names=g', { provisioned: GIB, nfs: { export_policy: { name: 'p' } } });
    await post('qos-policies/members?policy_names=q&member_names=f', undefined);
    await post('policies/file-systems?policy_names=daily&member_names=f', undefined);
    await post('file-systems/policies?policy_names=daily&member_names=g', undefined);
    await post('file-system-snapshots?source_names=f', { suffix: 's' });
    await post('file-system-replica-links?local_file_system_names=f&remote_names=there');
    await post('quotas/users?file_system_names=f&uids=1000', { quota: GIB });
    await post('quotas/groups?file_system_names=f&gids=1000', { quota: GIB });
    await client.call('PATCH', 'file-systems?names=g', { destroyed: true });
    client.array.state.conditions.alerts.push({
      id: 'a', number: 1, severity: 'warning', summary: 's', component: 'CH1.FB1', openedMs: 1, closedMs: null,
    }); // prettier-ignore
    for (const read of [...operations.keys()].filter(name => name.startsWith('GET '))) {
      const { status, message } = await client.call('GET', read.slice(4));
      expect({ read, status, message }).toEqual({ read, status: 200, message: undefined });
    }
  });

  it('logs in, and lists its versions, as FlashBlades do', async () => {
    const { body, headers } = await client.login();
    expect({ body: JSON.parse(body) as unknown, token: typeof headers['x-auth-token'] }).toEqual({
      body: { username: 'pureuser' },
      token: 'string',
    });
    const { versions } = JSON.parse((await client.raw('GET', '/api/api_version')).body) as { versions: string[] };
    expect(versions.slice(0, 14)).toEqual([
      '1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.8.1', '1.9', '1.10', '1.11', '1.12',
    ]); // prettier-ignore
    expect(versions.slice(14)).toEqual(PUBLISHED_VERSIONS);
    expect((await client.raw('GET', '/api/2.latest/arrays')).status).toBe(200);
    expect((await client.raw('POST', `/api/${NEWEST_VERSION}/login`)).status).toBe(404);
  });

  it('ends sessions by logout, and when they idle', async () => {
    expect((await client.raw('POST', '/api/logout')).status).toBe(200);
    expect(await client.call('GET', 'arrays')).toMatchObject({ status: 403, message: 'Invalid session.' });
    await client.login();
    client.clock.advance(HOUR_MS);
    expect((await client.call('GET', 'arrays')).status).toBe(403);
  });

  it('lets readers read only', async () => {
    await client.login('readonly');
    expect((await client.call('GET', 'file-systems')).status).toBe(200);
    expect((await client.call('POST', 'file-systems?names=f', {})).status).toBe(403);
    expect(client.array.state.fileSystems.size).toBe(0);
  });

  it('knows no route, parameter or property that a version does not have', async () => {
    client.version = '2.3';
    expect((await client.call('GET', 'file-system-exports')).status).toBe(404);
    expect((await client.call('PUT', 'file-systems')).status).toBe(405);
    expect((await client.call('POST', 'file-systems?names=f&default_exports=', {})).message).toBe(
      'Unknown query parameter.',
    );
    expect((await client.call('POST', 'file-systems?names=f', { qos_policy: { name: 'q' } })).message).toBe(
      'Unknown property in request body.',
    );
    expect(await client.item('POST', 'file-systems?names=f', {})).not.toHaveProperty('workload');
  });

  it('counts, totals and pages: no row comes twice or is missed while others come and go', async () => {
    for (let number = 0; number < 7; number++)
      await client.call('POST', `file-systems?names=f-${number}`, { provisioned: GIB });
    const first = await client.call('GET', 'file-systems?limit=3');
    expect(first).toMatchObject({ count: 7, total: { name: null, provisioned: 7 * GIB, nfs: { rules: null } } });
    await client.call('PATCH', 'file-systems?names=f-0', { destroyed: true });
    await client.call('DELETE', 'file-systems?names=f-0');
    await client.call('POST', 'file-systems?names=f-7', {});
    const second = await client.call('GET', `file-systems?limit=3&continuation_token=${first.token ?? ''}`);
    const third = await client.call('GET', `file-systems?limit=3&continuation_token=${second.token ?? ''}`);
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ name }) => name));
    expect(seen).toEqual(['f-0', 'f-1', 'f-2', 'f-3', 'f-4', 'f-5', 'f-6', 'f-7']);
    expect(third.token).toBeNull();
    expect(await client.call('GET', 'file-systems?limit=0')).toMatchObject({ count: 7, items: [], token: null });
    expect(await client.call('GET', 'file-systems?total_only=true')).toMatchObject({ items: [], count: 7 });
    expect(await client.call('GET', `file-systems?sort=name&continuation_token=${first.token ?? ''}`)).toMatchObject({
      status: 400,
    });
  });

  it('filters and sorts', async () => {
    for (const [name, size] of [
      ['a1', 3],
      ['a2', 1],
      ['b1', 2],
    ] as const)
      // prettier-ignore
      await client.call('POST', `file-systems?names=${name}`, { provisioned: size * GIB, nfs: { v3_enabled: size > 1 } });
    expect(await client.names("file-systems?filter=name='a*'&sort=provisioned")).toEqual(['a2', 'a1']);
    expect(await client.names('file-systems?filter=nfs.v3_enabled&sort=name-')).toEqual(['b1', 'a1']);
    expect(await client.names(`file-systems?filter=provisioned>${GIB} and not contains(name,'b')`)).toEqual(['a1']);
    expect((await client.call('GET', 'file-systems?filter=name==')).message).toBe('Invalid filter.');
  });

  it('tells space and load that grow with its file systems', async () => {
    const spaceOf = async (type: string): Promise<Record<string, number>> =>
      (await client.item('GET', `arrays/space?type=${type}`)).space as Record<string, number>;
    const before = await spaceOf('array');
    await client.call('POST', 'file-systems?names=f', { provisioned: 1024 * GIB, nfs: { v3_enabled: true } });
    const idle = await client.item('GET', 'arrays/performance?protocol=S3');
    const file = client.array.state.fileSystem('f');
    file.forcedUsedBytes = 512 * GIB;
    file.forcedIops = 50_000;
    const after = await spaceOf('array');
    expect((after.total_used ?? 0) - (before.total_used ?? 0)).toBe(256 * GIB);
    expect((await spaceOf('file-system')).total_used).toBeLessThan(after.total_used ?? 0);
    expect((await spaceOf('object-store')).snapshots).toBe(0);
    expect(idle.reads_per_sec).toBe(0);
    const { items } = await client.call('GET', 'file-systems/performance?names=f&protocol=NFS');
    expect(items[0]).toMatchObject({ name: 'f', reads_per_sec: 30_000, writes_per_sec: 15_000, others_per_sec: 5000 });
    expect((await client.call('GET', 'arrays/space?type=tape')).status).toBe(400);
    const history = await client.call(
      'GET',
      `arrays/space?start_time=${client.clock.nowMs() - 3 * HOUR_MS}&end_time=${client.clock.nowMs()}&resolution=${HOUR_MS}`,
    );
    expect(history.items.length).toBe(3);
  });

  it('keeps quotas by user and group', async () => {
    await client.call('POST', 'file-systems?names=f', { default_user_quota: GIB });
    expect(await client.item('POST', 'quotas/users?file_system_names=f&uids=7', { quota: 5 * GIB })).toMatchObject({
      name: 'f/7', quota: 5 * GIB, file_system_default_quota: GIB, user: { id: 7 },
    }); // prettier-ignore
    expect((await client.call('POST', 'quotas/users?file_system_names=f&uids=7', { quota: 1 })).status).toBe(400);
    await client.call('PATCH', 'quotas/users?names=f/7', { quota: GIB });
    expect((await client.item('GET', 'quotas/users?file_system_names=f')).quota).toBe(GIB);
    expect((await client.call('GET', 'quotas/groups')).items).toEqual([]);
    expect((await client.call('GET', 'usage/users?file_system_names=f')).items.map(({ user }) => user)).toEqual([
      { id: 0, name: 'root' },
      { id: 7, name: null },
    ]);
    await client.call('DELETE', 'quotas/users?names=f/7');
    expect((await client.call('GET', 'quotas/users')).count).toBe(0);
  });

  it('limits by QoS policies', async () => {
    await client.call('POST', 'qos-policies?names=slow', { max_total_ops_per_sec: 100 });
    await client.call('POST', 'file-systems?names=f', { nfs: { v3_enabled: true }, qos_policy: { name: 'slow' } });
    client.array.state.fileSystem('f').forcedIops = 5000;
    expect((await client.item('GET', 'file-systems/performance?names=f')).reads_per_sec).toBe(60);
    expect(await client.call('DELETE', 'qos-policies?names=slow')).toMatchObject({ message: 'Policy is in use.' });
    expect((await client.call('GET', 'qos-policies/file-systems')).items[0]?.member).toMatchObject({ name: 'f' });
    await client.call('DELETE', 'qos-policies/members?policy_names=slow&member_names=f');
    expect((await client.call('DELETE', 'qos-policies?names=slow')).status).toBe(200);
    expect((await client.call('POST', 'qos-policies?names=q', { max_total_ops_per_sec: 99 })).status).toBe(400);
  });
});
