import { describe, expect, it } from '@jest/globals';
import type { HostFs } from './host-fs.ts';
import { readPathHealth } from './path-health.ts';

const WWID = '3624a93701234567890abcdef00000001';

/** A node's /sys as a list of files; folders are what their paths imply. */
function sysfs(files: Readonly<Record<string, string>>): HostFs {
  const names = (folder: string) => [
    ...new Set(
      Object.keys(files)
        .filter(path => path.startsWith(`${folder}/`))
        .map(path => path.slice(folder.length + 1).split('/')[0] ?? ''),
    ),
  ];
  const fs: Pick<HostFs, 'readText' | 'list'> = {
    readText: path => Promise.resolve(files[path] ?? null),
    list: folder => Promise.resolve(names(folder)),
  };
  return fs as HostFs;
}

const OUR_NQN = 'nqn.2010-06.com.purestorage:flasharray.1';

const controller = (index: number, state: string, nqn = OUR_NQN, transport = 'tcp') => ({
  [`/sys/class/nvme/nvme${index}/state`]: `${state}\n`,
  [`/sys/class/nvme/nvme${index}/transport`]: `${transport}\n`,
  [`/sys/class/nvme/nvme${index}/subsysnqn`]: `${nqn}\n`,
  [`/sys/class/nvme/nvme${index}/address`]: `traddr=10.0.1.${index},trsvcid=4420\n`,
});

describe('readPathHealth', () => {
  it('counts the paths of Pure volumes by state, and leaves others alone', async () => {
    const health = await readPathHealth(
      sysfs({
        '/sys/block/dm-0/dm/uuid': `mpath-${WWID}\n`,
        '/sys/block/dm-0/slaves/sda': '',
        '/sys/block/dm-0/slaves/sdb': '',
        '/sys/block/sda/device/state': 'running\n',
        '/sys/block/sdb/device/state': 'transport-offline\n',
        '/sys/block/dm-1/dm/uuid': 'mpath-36001405aaaa\n',
        '/sys/block/dm-1/slaves/sdc': '',
        '/sys/block/sdc/device/state': 'offline\n',
        '/sys/block/dm-2/dm/uuid': 'LVM-abc\n',
        '/sys/class/iscsi_session/session1/targetname': 'iqn.2010-06.com.purestorage:flasharray.1\n',
        '/sys/class/iscsi_session/session1/state': 'LOGGED_IN\n',
        '/sys/class/iscsi_session/session2/targetname': 'iqn.2010-06.com.purestorage:flasharray.1\n',
        '/sys/class/iscsi_session/session2/state': 'FAILED\n',
        '/sys/class/iscsi_session/session3/targetname': 'iqn.2003-01.org.linux-iscsi:other\n',
        '/sys/class/iscsi_session/session3/state': 'FAILED\n',
      }),
    );
    expect(health).toEqual({
      sessions: [{ isLoggedIn: true }, { isLoggedIn: false }],
      controllers: [],
      fcPorts: [],
      fcPaths: [],
      rdmaDevices: [],
      volumes: [{ wwid: WWID, running: 1, down: 1 }],
    });
  });

  it('counts the paths of namespaces, of which one is not live or not accessible', async () => {
    const nguid = '006c1b16-ce1c-034d-24a9-371c00013918';
    const paths = ['nvme0c0n1', 'nvme0c1n1', 'nvme0c2n1'];
    const health = await readPathHealth(
      sysfs({
        '/sys/block/nvme0n1/nguid': nguid,
        '/sys/block/nvme1n1/nguid': '12345678-0000-0000-0000-000000000001',
        ...Object.fromEntries(paths.map(name => [`/sys/block/${name}/nguid`, nguid])),
        '/sys/block/nvme0c2n1/ana_state': 'inaccessible\n',
        ...controller(0, 'live'),
        ...controller(1, 'connecting'),
        ...controller(2, 'live', OUR_NQN, 'rdma'),
        ...controller(4, 'live', OUR_NQN, 'loop'),
        ...controller(3, 'live', 'nqn.2014-08.org.example:other'),
      }),
    );
    expect(health.controllers).toEqual([{ isLive: true }, { isLive: false }, { isLive: true }]);
    expect(health.volumes).toEqual([{ wwid: `eui.${nguid.replaceAll('-', '')}`, running: 1, down: 2 }]);
  });

  it('finds nothing on a node without volumes', async () => {
    expect(await readPathHealth(sysfs({}))).toEqual({
      sessions: [],
      controllers: [],
      fcPorts: [],
      fcPaths: [],
      rdmaDevices: [],
      volumes: [],
    });
  });

  it('tells cards with RDMA whose ports have a link from others', async () => {
    const health = await readPathHealth(
      sysfs({
        '/sys/class/infiniband/mlx5_1/ports/1/state': '1: DOWN\n',
        '/sys/class/infiniband/mlx5_1/ports/2/state': '4: ACTIVE\n',
        '/sys/class/infiniband/mlx5_0/ports/1/state': '1: DOWN\n',
      }),
    );
    expect(health.rdmaDevices).toEqual([
      { name: 'mlx5_0', isActive: false },
      { name: 'mlx5_1', isActive: true },
    ]);
  });

  it('tells ports of the node with and without link, and which ports of Pure arrays they see', async () => {
    const remote = (name: string, wwpn: string, state: string, roles = 'FCP Target') => ({
      [`/sys/class/fc_remote_ports/${name}/port_name`]: `0x${wwpn}\n`,
      [`/sys/class/fc_remote_ports/${name}/port_state`]: `${state}\n`,
      [`/sys/class/fc_remote_ports/${name}/roles`]: `${roles}\n`,
      [`/sys/class/fc_remote_ports/${name}/scsi_target_id`]: roles === 'FCP Target' ? '0\n' : '-1\n',
    });
    const health = await readPathHealth(
      sysfs({
        '/sys/class/fc_host/host6/port_name': '0x2100000E1E30A1B3\n',
        '/sys/class/fc_host/host6/port_state': 'Linkdown\n',
        '/sys/class/fc_host/host5/port_name': '0x2100000e1e30a1b2\n',
        '/sys/class/fc_host/host5/port_state': 'Online\n',
        '/sys/class/fc_host/host7/port_name': '0xffffffffffffffff\n',
        ...remote('rport-5:0-0', '524a93700000000a', 'Online'),
        ...remote('rport-5:0-1', '524a93700000000b', 'Not Present', 'unknown'),
        ...remote('rport-6:0-0', '524a93700000000c', 'Blocked'),
        ...remote('rport-5:0-2', '500a09c0ffe1aa01', 'Blocked'),
        // A port for NVMe over Fibre Channel, and one that replicates.
        ...remote('rport-5:0-5', '524a93700000000e', 'Online', 'NVMe Target'),
        ...remote('rport-5:0-6', '524a93700000000f', 'Online', 'FCP Initiator'),
        // Away under its old number, back under a new one.
        ...remote('rport-5:0-3', '524a93700000000d', 'Not Present', 'unknown'),
        ...remote('rport-5:0-4', '524a93700000000d', 'Online'),
      }),
    );
    expect(health.fcPorts).toEqual([
      { wwpn: '2100000e1e30a1b2', isOnline: true },
      { wwpn: '2100000e1e30a1b3', isOnline: false },
    ]);
    expect(health.fcPaths).toEqual([true, false, false, true].map(isOnline => ({ isOnline })));
  });
});
