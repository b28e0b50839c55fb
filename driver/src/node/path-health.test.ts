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
      volumes: [{ wwid: WWID, running: 1, down: 1 }],
    });
  });

  it('finds nothing on a node without volumes', async () => {
    expect(await readPathHealth(sysfs({}))).toEqual({ sessions: [], volumes: [] });
  });
});
