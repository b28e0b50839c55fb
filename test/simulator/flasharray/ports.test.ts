import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './array-client.ts';
import { ArrayClient } from './array-client.ts';
import type { DataPlane, DataPlaneArray, DataPlaneConnection } from './data-plane.ts';
import { PROTOCOLS } from './settings.ts';

describe('FlashArray that speaks several protocols', () => {
  const NQN = 'nqn.2014-08.org.nvmexpress:uuid:2f3c';
  let client: ArrayClient;

  beforeEach(async () => {
    client = new ArrayClient({ protocols: PROTOCOLS });
    await client.login();
    await client.volume('v');
  });

  it('shows ports of each, and interfaces that serve them', async () => {
    const ports = (await client.call('GET', 'ports')).items;
    const kinds = ports.map(({ iqn, nqn, wwn }) => [iqn, nqn, wwn].map(one => one !== null));
    expect(kinds.filter(flags => flags.filter(Boolean).length !== 1)).toEqual([]);
    expect(ports.map(({ name, portal }) => [name, portal])).toEqual([
      ['CT0.ETH4', '10.66.1.50:3260'],
      ['CT1.ETH4', '10.66.2.50:3260'],
      ['CT0.ETH8', '10.66.1.50:4420'],
      ['CT1.ETH8', '10.66.2.50:4420'],
      ['CT0.ETH12', '10.66.1.50:4420'],
      ['CT1.ETH12', '10.66.2.50:4420'],
      ['CT0.FC0', null],
      ['CT0.FC1', null],
      ['CT1.FC0', null],
      ['CT1.FC1', null],
    ]);
    const wwns = ports.flatMap(({ wwn }) => (typeof wwn === 'string' ? [wwn] : []));
    expect(wwns.filter(wwn => !/^52:4A:93:7(.:)(..:){3}..$/.test(wwn))).toEqual([]);
    expect(new Set(wwns).size).toBe(4);
    const nics = (await client.call('GET', 'network-interfaces')).items;
    expect(nics.find(({ name }) => name === 'ct0.eth8')).toMatchObject({
      services: ['nvme-tcp'],
      eth: { address: '10.66.1.50' },
    });
    expect(nics.find(({ name }) => name === 'CT1.FC0')).toMatchObject({ services: ['scsi-fc'], interface_type: 'fc' });
  });

  it.each([
    ['2.27', { lun: null, nsid: 1 }],
    ['2.26', { lun: null }],
  ])('numbers namespaces for a host with NQNs in %s', async (version, numbers) => {
    client.version = version;
    await client.call('POST', 'hosts?names=n', { nqns: [NQN] });
    const [row] = (await client.call('POST', 'connections?host_names=n&volume_names=v', {})).items;
    expect(row).toMatchObject(numbers);
    expect('nsid' in (row ?? {})).toBe(version === '2.27');
  });

  it('gives a namespace one number, whichever host sees it, and no other namespace the same', async () => {
    await client.volume('w');
    for (const name of ['n', 'm']) await client.call('POST', `hosts?names=${name}`, { nqns: [`${NQN}${name}`] });
    const connect = async (host: string, volume: string): Promise<unknown> =>
      (await client.call('POST', `connections?host_names=${host}&volume_names=${volume}`, {})).items[0]?.nsid;
    expect([await connect('n', 'v'), await connect('m', 'w'), await connect('n', 'w')]).toEqual([1, 2, 2]);
    await client.call('DELETE', 'connections?host_names=n&volume_names=v');
    await client.volume('x');
    expect([await connect('m', 'x'), await connect('m', 'v')]).toEqual([1, 3]);
  });

  it('keeps NQNs apart from IQNs and WWNs, and refuses what is none', async () => {
    const post = async (body: unknown): Promise<unknown> => (await client.call('POST', 'hosts?names=n', body)).message;
    expect(await post({ nqns: [NQN], iqns: ['iqn.2024-01.org.example:n'] })).toMatch(/NQNs must not/);
    expect(await post({ nqns: ['not one'] })).toBe('Invalid NQN.');
    expect(await post({ wwns: ['52:4A:93'] })).toBe('Invalid WWN.');
    const host = await client.call('POST', 'hosts?names=n', { wwns: ['52:4a:93:7a:bc:de:f0:01'] });
    expect(host.items[0]?.wwns).toEqual(['524A937ABCDEF001']);
  });

  it('never shows a CHAP password, and checks its length', async () => {
    const post = async (chap: unknown): Promise<Answer> => client.call('POST', 'hosts?names=n', { chap });
    expect((await post({ host_user: 'u', host_password: 'short' })).message).toMatch('between 12 and 255');
    const same = { host_user: 'u', host_password: 'x'.repeat(12), target_user: 't', target_password: 'x'.repeat(12) };
    expect((await post(same)).message).toMatch('must not be the same');
    const made = await post({ host_user: 'u', host_password: 'a-secret-of-16-x' });
    expect(made.items[0]?.chap).toEqual({
      host_user: 'u',
      host_password: '****',
      target_user: null,
      target_password: null,
    });
  });

  it('says who sees what, over which transport, and with which CHAP', async () => {
    const seen: DataPlaneConnection[] = [];
    const gone: DataPlaneConnection[] = [];
    const prepared: DataPlaneArray[] = [];
    const nothing = async (): Promise<void> => Promise.resolve();
    const note =
      <Item>(list: Item[]) =>
      async (item: Item): Promise<void> => {
        await Promise.resolve();
        list.push(item);
      };
    const plane: DataPlane = {
      prepare: note(prepared),
      volumeCreated: nothing,
      volumeCloned: nothing,
      snapshotsTaken: nothing,
      volumeResized: nothing,
      connected: note(seen),
      disconnected: note(gone),
      volumeEradicated: nothing,
      snapshotEradicated: nothing,
    };
    const client = new ArrayClient({ protocols: PROTOCOLS }, { dataPlane: plane });
    await client.array.prepare();
    await client.login();
    const { iqn, nqn } = client.array.settings;
    const ports = (await client.call('GET', 'ports')).items;
    const arrayWwns = ports.flatMap(({ wwn }) => (typeof wwn === 'string' ? [wwn.replaceAll(':', '')] : []));
    expect(arrayWwns).toHaveLength(4);
    expect(prepared).toEqual([
      {
        name: 'one',
        iqn,
        nqn,
        portals: ['10.66.1.50:3260', '10.66.2.50:3260'],
        nvmeTcpPortals: ['10.66.1.50:4420', '10.66.2.50:4420'],
        nvmeRocePortals: ['10.66.1.50:4420', '10.66.2.50:4420'],
        wwns: arrayWwns,
      },
    ]);
    const serial = (await client.volume('v')).items[0]?.serial;
    const chap = { host_user: 'u', host_password: 'a-secret-of-16-x' };
    await client.call('POST', 'hosts?names=i', { iqns: ['iqn.2024-01.org.example:i'], chap });
    await client.call('POST', 'hosts?names=n', { nqns: ['nqn.2014-08.org.example:n'] });
    await client.call('POST', 'connections?host_names=i,n&volume_names=v', {});
    const scsi = {
      transport: 'scsi',
      arrayIqn: iqn,
      arrayWwns,
      serial,
      initiators: ['iqn.2024-01.org.example:i'],
      wwns: [],
      lun: 1,
      chap: { hostUser: 'u', hostPassword: 'a-secret-of-16-x', targetUser: null, targetPassword: null },
    };
    const nvme = { transport: 'nvme', arrayNqn: nqn, serial, nqns: ['nqn.2014-08.org.example:n'], nsid: 1 };
    expect(seen).toEqual([scsi, nvme]);
    await client.call('PATCH', 'hosts?names=i', { chap: { host_password: 'another-secret-x' } });
    expect(seen.at(-1)).toMatchObject({ chap: { hostPassword: 'another-secret-x' } });
    await client.call('DELETE', 'connections?host_names=n&volume_names=v');
    expect(gone).toEqual([nvme]);
  });
});
