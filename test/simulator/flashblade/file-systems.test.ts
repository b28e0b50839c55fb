import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClient } from './test-client.ts';

const GIB = 2 ** 30;
const DAY_MS = 86_400_000;
const OPEN = '*(rw,no_root_squash)';

describe('file systems of a FlashBlade', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = new TestClient();
    await client.login();
  });

  const make = async (name: string, body: unknown = {}, query = ''): Promise<Record<string, unknown>> => ({
    ...(await client.item('POST', `file-systems?names=${name}${query}`, body)),
  });
  const patch = async (name: string, body: unknown, query = ''): ReturnType<TestClient['call']> =>
    client.call('PATCH', `file-systems?names=${name}${query}`, body);

  it('have the array’s defaults: open to all unless told otherwise', async () => {
    expect(await make('f')).toMatchObject({
      nfs: { rules: OPEN, v3_enabled: false, v4_1_enabled: false },
      hard_limit_enabled: false,
      provisioned: null,
      snapshot_directory_enabled: true,
      writable: true,
    });
    expect((await make('closed', { nfs: { rules: '' } })).nfs).toMatchObject({ rules: '' });
    expect((await make('none', {}, '&default_exports=')).nfs).toMatchObject({ rules: '' });
    expect((await make('smb', {}, '&default_exports=smb')).nfs).toMatchObject({ rules: '' });
  });

  it('are refused by name: taken (also while destroyed), malformed, twice in one call, too many', async () => {
    await make('f');
    expect((await client.call('POST', 'file-systems?names=F', {})).message).toBe('File system already exists.');
    await patch('f', { destroyed: true });
    expect((await client.call('POST', 'file-systems?names=f', {})).status).toBe(400);
    for (const name of ['-a', 'a.b', 'x'.repeat(64), '1', 'a%20b'])
      expect((await client.call('POST', `file-systems?names=${name}`, {})).status).toBe(400);
    expect((await client.call('POST', 'file-systems?names=a,A', {})).status).toBe(400);
    expect(await client.call('GET', 'file-systems?names=f,none')).toMatchObject({ status: 400, items: [] });
    expect(client.array.state.fileSystems.size).toBe(1);
  });

  it('grow, and shrink below what is written only when told to', async () => {
    await make('f', { provisioned: 10 * GIB, hard_limit_enabled: true });
    expect((await patch('f', { provisioned: 20 * GIB })).items[0]).toMatchObject({ provisioned: 20 * GIB });
    client.array.state.fileSystem('f').forcedUsedBytes = 15 * GIB;
    expect(await patch('f', { provisioned: GIB })).toMatchObject({ status: 400 });
    expect((await client.item('GET', 'file-systems?names=f')).provisioned).toBe(20 * GIB);
    expect((await patch('f', { provisioned: GIB }, '&ignore_usage=true')).status).toBe(200);
    expect((await patch('f', { provisioned: '' })).items[0]).toMatchObject({ provisioned: null });
    expect(await patch('f', {})).toMatchObject({ message: 'No attribute specified.' });
  });

  it('are destroyed, recovered with their snapshots, and eradicated when their time is over', async () => {
    await make('f');
    await client.call('POST', 'file-system-snapshots?source_names=f', { suffix: 'old' });
    await client.call('POST', 'file-system-snapshots?source_names=f', { suffix: 'new' });
    await client.call('PATCH', 'file-system-snapshots?names=f.old', { destroyed: true });
    client.clock.advance(1000);
    expect((await client.call('DELETE', 'file-systems?names=f')).message).toBe('File system has not been destroyed.');
    const off = { nfs: { v3_enabled: false, v4_1_enabled: false }, destroyed: true };
    expect((await patch('f', off)).items[0]).toMatchObject({ destroyed: true, time_remaining: DAY_MS });
    expect((await patch('f', { provisioned: GIB })).message).toBe('File system has been destroyed.');
    expect((await client.item('GET', 'file-system-snapshots?names_or_owner_names=f.new')).owner_destroyed).toBe(true);
    expect(await client.names('file-systems?destroyed=true')).toEqual(['f']);
    expect(await client.call('GET', 'file-systems?names=f&destroyed=false')).toMatchObject({ status: 400 });
    await patch('f', { destroyed: false });
    expect(await client.names('file-system-snapshots?destroyed=false')).toEqual(['f.new']);
    await patch('f', { destroyed: true });
    client.clock.advance(DAY_MS);
    await client.login();
    expect((await client.call('GET', 'file-systems')).count).toBe(0);
    expect((await client.call('GET', 'file-system-snapshots')).count).toBe(0);
    await make('f');
  });

  it('cannot be eradicated under SafeMode, of the array or their own', async () => {
    await make('own', { eradication_config: { manual_eradication: 'disabled' } });
    await make('f');
    await patch('own', { destroyed: true });
    await patch('f', { destroyed: true });
    expect((await client.call('DELETE', 'file-systems?names=own')).message).toBe('Eradication is disabled.');
    await client.call('PATCH', 'arrays', { eradication_config: { manual_eradication: 'all-disabled' } });
    expect((await client.call('DELETE', 'file-systems?names=f')).message).toBe('Eradication is disabled.');
    await client.call('PATCH', 'arrays', { eradication_config: { manual_eradication: 'all-enabled' } });
    expect((await client.call('DELETE', 'file-systems?names=f')).status).toBe(200);
    expect(await client.names('file-systems')).toEqual(['own']);
  });

  it('are renamed with their snapshots and their export', async () => {
    await client.call('POST', 'nfs-export-policies?names=p', {});
    await make('f', { nfs: { export_policy: { name: 'p' } } });
    await client.call('POST', 'file-system-snapshots?source_names=f', { suffix: 's' });
    await patch('f', { name: 'g' });
    expect(await client.names('file-system-snapshots')).toEqual(['g.s']);
    expect((await client.item('GET', 'file-system-exports')).export_name).toBe('g');
    expect((await client.item('GET', 'file-systems?names=g')).nfs).toMatchObject({ export_policy: { name: 'p' } });
  });

  it('add and remove export rules as text, in order, and refuse what is no rule or is not there', async () => {
    await make('f', { nfs: { rules: '10.0.0.1(rw,no_root_squash) 10.0.0.2(ro)' } });
    const rulesAfter = async (nfs: unknown): Promise<unknown> => {
      const { items, message } = await patch('f', { nfs });
      return message ?? (items[0]?.nfs as { rules: string }).rules;
    };
    expect(await rulesAfter({ add_rules: '10.0.0.3(rw)' })).toBe(
      '10.0.0.1(rw,no_root_squash) 10.0.0.2(ro) 10.0.0.3(rw)',
    );
    expect(await rulesAfter({ remove_rules: '10.0.0.2(ro)' })).toBe('10.0.0.1(rw,no_root_squash) 10.0.0.3(rw)');
    expect(await rulesAfter({ remove_rules: '10.0.0.2(ro)' })).toBe('Export rule does not exist.');
    expect(await rulesAfter({ add_rules: '@team(rw)', after: '10.0.0.1(rw,no_root_squash)' })).toBe(
      '10.0.0.1(rw,no_root_squash) @team(rw) 10.0.0.3(rw)',
    );
    expect(await rulesAfter({ remove_rules: '10.0.0.3(rw)', add_rules: '10.0.0.4(rw)' })).toBe(
      '10.0.0.1(rw,no_root_squash) @team(rw) 10.0.0.4(rw)',
    );
    expect(await rulesAfter({ rules: '*(rw,evil)' })).toBe('Invalid option in NFS export rules.');
    expect(await rulesAfter({ rules: '*(rw' })).toBe('Invalid NFS export rules.');
    expect(await rulesAfter({ rules: '' })).toBe('');
  });

  it('are exported by rules or by a policy, never by both', async () => {
    await client.call('POST', 'nfs-export-policies?names=p', { rules: [{ client: '10.0.0.9', permission: 'rw' }] });
    await make('f', { nfs: { rules: OPEN } });
    const both = { nfs: { rules: OPEN, export_policy: { name: 'p' } } };
    expect((await patch('f', both)).message).toBe('Invalid combination of parameters specified.');
    const byPolicy = await patch('f', { nfs: { export_policy: { name: 'p' } } });
    expect(byPolicy.items[0]?.nfs).toMatchObject({ rules: '', export_policy: { name: 'p' } });
    expect((await patch('f', { nfs: { add_rules: OPEN } })).status).toBe(400);
    expect((await client.call('DELETE', 'nfs-export-policies?names=p')).message).toBe('Policy is in use.');
    const byRules = await patch('f', { nfs: { rules: OPEN } });
    expect(byRules.items[0]?.nfs).toMatchObject({ rules: OPEN, export_policy: { name: null } });
    expect((await client.call('GET', 'file-system-exports')).count).toBe(0);
    expect((await client.call('DELETE', 'nfs-export-policies?names=p')).status).toBe(200);
  });
});

describe('snapshots of a FlashBlade', () => {
  let client: TestClient;

  beforeEach(async () => {
    client = new TestClient(undefined, { copyMs: 5000 });
    await client.login();
    await client.call('POST', 'file-systems?names=f', { provisioned: 3 * GIB });
    await client.call('POST', 'file-system-snapshots?source_names=f', { suffix: 's' });
  });

  it('are taken of the named, and of all file systems when none is named', async () => {
    await client.call('POST', 'file-systems?names=g', {});
    expect(
      (await client.call('POST', 'file-system-snapshots', { suffix: 'all' })).items.map(({ name }) => name),
    ).toEqual(['f.all', 'g.all']);
    expect(await client.names('file-system-snapshots?names_or_owner_names=f')).toEqual(['f.s', 'f.all']);
    expect((await client.call('POST', 'file-system-snapshots?source_names=f', { suffix: 'S' })).status).toBe(400);
    expect((await client.item('POST', 'file-system-snapshots?source_names=f', {})).name).toBe('f.1');
  });

  it('restore in place only when losing what came later is acknowledged', async () => {
    const source = { source: { name: 'f.s' } };
    expect((await client.call('POST', 'file-systems?names=f&overwrite=true', source)).status).toBe(400);
    const answer = await client.call(
      'POST',
      'file-systems?names=f&overwrite=true&discard_non_snapshotted_data=true',
      source,
    );
    expect(answer.items[0]).toMatchObject({ name: 'f', provisioned: 3 * GIB });
    await client.call('POST', 'file-systems?names=g', {});
    const foreign = 'file-systems?names=g&overwrite=true&discard_non_snapshotted_data=true';
    expect((await client.call('POST', foreign, source)).status).toBe(400);
  });

  it('become new file systems from 2.25 on, which are promoting until the copy is whole', async () => {
    const source = { source: { name: 'f.s' } };
    expect((await client.call('POST', 'file-systems?names=c', source)).status).toBe(400);
    const copy = await client.item('POST', 'file-systems?names=c&include_snapshot=true', source);
    expect(copy).toMatchObject({ provisioned: 3 * GIB, promotion_status: 'promoting', source: { name: 'f' } });
    client.clock.advance(5000);
    expect((await client.item('GET', 'file-systems?names=c')).promotion_status).toBe('promoted');
    client.version = '2.24';
    expect((await client.call('POST', 'file-systems?names=d', source)).status).toBe(400);
    expect((await client.call('POST', 'file-systems?names=d&include_snapshot=true', source)).message).toBe(
      'Unknown query parameter.',
    );
    expect(await client.names('file-systems')).toEqual(['f', 'c']);
  });

  it('are destroyed before they are eradicated; the baseline of a replica link needs a word more', async () => {
    expect((await client.call('DELETE', 'file-system-snapshots?names=f.s')).status).toBe(400);
    await client.call('POST', 'file-system-replica-links?local_file_system_names=f&remote_names=there', {});
    await client.call('POST', 'file-system-snapshots?source_names=f&send=true', { suffix: 'sent' });
    const destroy = 'file-system-snapshots?names=f.sent';
    expect((await client.call('PATCH', destroy, { destroyed: true })).status).toBe(400);
    expect((await client.call('PATCH', `${destroy}&latest_replica=true`, { destroyed: true })).status).toBe(200);
    expect((await client.call('PATCH', 'file-systems?names=f', { destroyed: true })).status).toBe(400);
    await client.call('PATCH', 'file-system-snapshots?names=f.s', { destroyed: true });
    expect((await client.call('DELETE', 'file-system-snapshots?names=f.s')).status).toBe(200);
    expect(await client.names('file-system-snapshots')).toEqual(['f.sent']);
  });
});
