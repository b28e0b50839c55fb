import { beforeEach, describe, expect, it } from '@jest/globals';
import { currentAccess } from './state.ts';
import { TestClient } from './test-client.ts';

describe('export policies of a FlashBlade', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = new TestClient();
    await client.login();
    await client.call('POST', 'nfs-export-policies?names=p', {});
    await client.call('POST', 'file-systems?names=f', { nfs: { v4_1_enabled: true, export_policy: { name: 'p' } } });
  });

  const addRule = async (clientAddress: string, query = ''): ReturnType<TestClient['call']> =>
    client.call('POST', `nfs-export-policies/rules?policy_names=p${query}`, {
      client: clientAddress,
      permission: 'rw',
    });
  const clients = async (): Promise<unknown[]> =>
    (await client.call('GET', 'nfs-export-policies/rules?policy_names=p')).items.map(one => one.client);
  const version = async (): Promise<string> =>
    (await client.item('GET', 'nfs-export-policies?names=p')).version as string;
  const access = (): string[] =>
    currentAccess(client.array.state.fileSystem('f')).map(rule => `${rule.client} ${rule.permission} ${rule.access}`);

  it('keep addresses before names before everyone, and place rules within their group', async () => {
    for (const one of ['*', 'host.example.com', '10.0.0.1', '10.0.0.0/24', '@team']) await addRule(one);
    expect(await clients()).toEqual(['10.0.0.1', '10.0.0.0/24', 'host.example.com', '@team', '*']);
    const [first = 'none'] = (await client.names('nfs-export-policies/rules?policy_names=p')) as string[];
    expect((await addRule('10.0.0.9', `&before_rule_name=${first}`)).items[0]?.index).toBe(1);
    expect((await addRule('*', `&before_rule_name=${first}`)).status).toBe(400);
    expect(await clients()).toEqual(['10.0.0.9', '10.0.0.1', '10.0.0.0/24', 'host.example.com', '@team', '*']);
  });

  it('refuse a change of another version with 412, and change theirs with every change', async () => {
    const old = await version();
    expect((await addRule('10.0.0.1', `&versions=${old}`)).status).toBe(200);
    expect(await addRule('10.0.0.2', `&versions=${old}`)).toMatchObject({
      status: 412,
      message: 'The version of the resource has changed.',
    });
    expect(await clients()).toEqual(['10.0.0.1']);
    const stale = `nfs-export-policies?names=p&versions=${old}`;
    expect((await client.call('PATCH', stale, { enabled: false })).status).toBe(412);
    expect((await client.call('DELETE', `nfs-export-policies/rules?names=p.1&versions=${old}`)).status).toBe(412);
    const now = await version();
    expect((await client.call('DELETE', `nfs-export-policies/rules?names=p.1&versions=${now}`)).status).toBe(200);
    expect(await clients()).toEqual([]);
  });

  it('say who may mount every file system under them', async () => {
    expect(access()).toEqual([]);
    await addRule('10.0.0.1');
    expect(access()).toEqual(['10.0.0.1 rw root-squash']);
    await client.call('PATCH', 'nfs-export-policies/rules?names=p.1', { access: 'no-squash', permission: 'ro' });
    expect(access()).toEqual(['10.0.0.1 ro no-squash']);
    await client.call('PATCH', 'nfs-export-policies?names=p', { enabled: false });
    expect(access()).toEqual([]);
    expect((await client.item('GET', 'file-system-exports')).status).toBe('policy_disabled');
    await client.call('PATCH', 'nfs-export-policies?names=p', { enabled: true });
    await client.call('PATCH', 'file-systems?names=f', { nfs: { v4_1_enabled: false } });
    expect(access()).toEqual([]);
    expect((await client.item('GET', 'file-system-exports')).status).toBe('protocol_disabled');
  });

  it('export under more names than one; only the file system’s own is its export_policy', async () => {
    await client.call('POST', 'nfs-export-policies?names=q', { rules: [{ client: '*' }] });
    const post = 'file-system-exports?member_names=f&policy_names=q';
    expect((await client.call('POST', post, {})).message).toBe('File system export already exists.');
    expect((await client.item('POST', post, { export_name: 'alias' })).enabled).toBe(true);
    expect(access()).toEqual([]);
    await client.call('DELETE', 'file-system-exports?names=_array_server::NFS::f');
    expect((await client.item('GET', 'file-systems?names=f')).nfs).toMatchObject({ export_policy: { name: null } });
    await client.call('PATCH', 'file-system-exports?names=_array_server::NFS::alias', { export_name: 'f' });
    expect(access()).toEqual(['* ro root-squash']);
  });

  it('refuse rules that are none', async () => {
    for (const rule of [{ client: 'a b' }, { permission: 'rwx' }, { access: 'root_squash' }, { security: [] }])
      expect((await client.call('POST', 'nfs-export-policies/rules?policy_names=p', rule)).status).toBe(400);
    expect((await client.call('POST', 'nfs-export-policies/rules', {})).status).toBe(400);
    expect((await client.call('DELETE', 'nfs-export-policies/rules?names=p.7')).status).toBe(400);
    expect(await clients()).toEqual([]);
  });
});
