import { beforeEach, describe, expect, it } from '@jest/globals';
import { MiB } from '../domain/bytes.ts';
import { silentLogger } from '../lib/logger.ts';
import { composeStorage } from './compose-storage.ts';
import type { IscsiPublishContext } from '../domain/publish-context.ts';
import type * as port from './node-storage.ts';
import type { NodeStorage } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { ImmediateClock } from './testing/immediate-clock.ts';

const wwid = '3624a937000000000000000000abc0001';
const otherWwid = '3624a937000000000000000000abc0002';
const targetIqn = 'iqn.2010-06.com.purestorage:flasharray.1';
const portals = ['10.0.1.1:3260', '10.0.2.1:3260'];
const stagingPath = '/var/lib/kubelet/plugins/kubernetes.io/csi/pure-csi/1/globalmount';
const targetPath = '/var/lib/kubelet/pods/p1/volumes/kubernetes.io~csi/pv1/mount';
const volumeId = '6c4b1e3a-0000-4000-8000-00000000abcd/v1';

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  await node.makeDirectory('/var/lib/kubelet');
  storage = await restart();
});

/** A new process of the node plugin on the same node. */
const restart = (): Promise<NodeStorage> =>
  composeStorage({
    exec: node,
    fs: node,
    clock: new ImmediateClock(),
    logger: silentLogger,
    kubeletDir: '/var/lib/kubelet',
    pluginDir: '/var/lib/kubelet/plugins/pure-csi',
    loginTimeoutMs: 20_000,
  });

type StageRequest = port.StageRequest<IscsiPublishContext>;
type PublishRequest = port.PublishRequest<IscsiPublishContext>;

const stageRequest = (change: Partial<StageRequest> = {}): StageRequest => ({
  volumeId,
  stagingPath,
  context: { protocol: 'iscsi', wwid, lun: 1, targetIqn, portals },
  use: { kind: 'mount', fsType: 'ext4', mountFlags: [] },
  access: 'shared',
  createOptions: '',
  isCreatedBlank: true,
  createdBytes: 0,
  ...change,
});

const publishRequest = (): PublishRequest => {
  const { context, use, access } = stageRequest();
  return { volumeId, stagingPath, context, use, access, targetPath, readOnly: false };
};

const leftovers = () => {
  const { sessions, disks, maps, mounts } = node.kernel;
  return [
    ...sessions.map(({ portal }) => portal),
    ...disks.map(({ name }) => name),
    ...maps.map(({ device }) => device),
    ...mounts.map(({ path }) => path),
  ];
};

/** Until all that can go on without an answer has. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5000; turn += 1) await Promise.resolve();
}

const formats = () => [...node.ran('mkfs.ext4'), ...node.ran('mkfs.xfs')];

describe('staging', () => {
  it('logs in to each portal, formats a blank volume and mounts it by its map', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    expect(node.kernel.sessions.map(({ portal }) => portal).sort()).toEqual(portals);
    expect(node.kernel.maps).toMatchObject([{ wwid, slaves: [expect.any(String), expect.any(String)] }]);
    expect(formats()).toHaveLength(1);
    expect(node.ran('mount')).toEqual([
      `mount -t ext4 -o discard /dev/${node.kernel.maps[0]?.device ?? ''} ${stagingPath}`,
    ]);
  });

  it('does nothing on a repeat', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    const before = node.commands.length;
    await (await restart()).stage(stageRequest());
    expect(node.commands.length).toBe(before);
  });

  it('joins a duplicate and refuses another operation meanwhile', async () => {
    node.kernel.addVolume(1, wwid);
    const [first, second, other] = await Promise.allSettled([
      storage.stage(stageRequest()),
      storage.stage(stageRequest()),
      storage.unstage(volumeId, stagingPath),
    ]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'busy', finality: 'in-doubt' } });
    expect(formats()).toHaveLength(1);
  });

  it('uses sessions that are there and leaves them when it goes', async () => {
    node.kernel.addVolume(1, wwid);
    for (const portal of portals) node.kernel.login(targetIqn, portal);
    await storage.stage(stageRequest());
    expect(node.ran('iscsiadm')).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual(portals);
  });

  it('mounts an existing file system with one portal down', async () => {
    node.kernel.addVolume(1, wwid).content = 'ext4';
    node.deadPortals.add('10.0.2.1:3260');
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('says which portal failed when all are down', async () => {
    portals.forEach(portal => node.deadPortals.add(portal));
    await expect(storage.stage(stageRequest())).rejects.toThrow(/10\.0\.1\.1:3260.*connection timed out/);
  });

  it('scans for one LUN of one target only', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.addVolume(2, otherWwid);
    await storage.stage(stageRequest());
    expect(node.kernel.disks.every(disk => disk.wwid === wwid)).toBe(true);
  });
});

describe('a LUN number that was used before', () => {
  const stale = async () => {
    node.kernel.addVolume(1, otherWwid);
    await storage.stage(
      stageRequest({
        volumeId: 'old',
        use: { kind: 'block' },
        context: { ...stageRequest().context, wwid: otherWwid },
      }),
    );
    node.kernel.addVolume(1, wwid);
  };

  it('is refused while the old map stands', async () => {
    await stale();
    await expect(storage.stage(stageRequest())).rejects.toThrow(
      /expected 3624a937000000000000000000abc0001; it is in use/,
    );
    expect(formats()).toEqual([]);
    expect(node.kernel.maps).toHaveLength(1);
  });

  it('is cleared when nothing uses the old device', async () => {
    await stale();
    node.kernel.maps = [];
    await storage.stage(stageRequest());
    expect(node.kernel.disks.map(disk => disk.wwid)).toEqual([wwid, wwid]);
  });

  it('is never taken for the volume: another volume at the LUN is an error', async () => {
    node.kernel.addVolume(1, otherWwid);
    await expect(storage.stage(stageRequest())).rejects.toThrow(/no device at LUN 1/);
    expect(formats()).toEqual([]);
  });
});

describe('formatting', () => {
  const refused = async (reason: RegExp, change: Partial<StageRequest> = {}) => {
    await expect(storage.stage(stageRequest(change))).rejects.toThrow(reason);
    expect(formats()).toEqual([]);
    expect(node.kernel.mounts).toEqual([]);
  };

  it('is refused for a volume that was not created blank', async () => {
    node.kernel.addVolume(1, wwid);
    await refused(/was not created empty/, { isCreatedBlank: false });
  });

  it.each([0, 70_000, 100 * MiB - 1])('is refused when byte %d is not zero', async at => {
    node.kernel.addVolume(1, wwid).stains.add(at);
    await refused(/holds data at byte/);
  });

  it('is refused when the device cannot be read, though blkid says "nothing found"', async () => {
    node.kernel.addVolume(1, wwid);
    node.readableBytes = 100;
    await refused(/only 100 of 1048576 bytes/);
  });

  it('is refused when blkid finds several formats', async () => {
    node.kernel.addVolume(1, wwid);
    node.answers.set('blkid', () => ({ code: 8, stdout: '', stderr: 'ambivalent result' }));
    await refused(/exit code 8/);
  });

  it.each(['xfs', 'LVM2_member', 'crypto_LUKS', 'swap'])('leaves %s alone', async content => {
    node.kernel.addVolume(1, wwid).content = content;
    await refused(new RegExp(`holds ${content}, but ext4`));
  });

  it('is refused when one path has another size', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    for (const portal of portals) node.kernel.login(targetIqn, portal);
    node.kernel.sessions.forEach(({ id }) => node.kernel.scan(id, 0, 1));
    volume.bytes = 200 * MiB;
    const [disk] = node.kernel.disks;
    if (disk) disk.isDown = true;
    await refused(/path sd\w has 200 MiB, its map .* 100 MiB/);
  });

  it('waits until every portal has its path', async () => {
    node.kernel.addVolume(1, wwid);
    node.deadPortals.add('10.0.2.1:3260');
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({ code: 'unavailable' });
    await refused(/1 of 2 paths are up/);
    node.deadPortals.clear();
    // A portal that failed lately is tried beside the call, and there for the next one.
    await storage.stage(stageRequest()).catch(() => undefined);
    await storage.stage(stageRequest());
    expect(formats()).toHaveLength(1);
  });

  it('is refused when the device is smaller than the volume was at its creation, and done when it has grown', async () => {
    node.kernel.addVolume(1, wwid);
    await refused(/has 100 MiB, and the volume was created with 101 MiB/, { createdBytes: 101 * MiB });
    await storage.stage(stageRequest({ createdBytes: 99 * MiB }));
    expect(formats()).toHaveLength(1);
  });

  it('begins again after it was interrupted on this node', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    node.answers.set('mkfs.ext4', () => {
      volume.stains.add(5);
      return { code: 137, stdout: '', stderr: 'Killed' };
    });
    await expect(storage.stage(stageRequest())).rejects.toThrow(/mkfs\.ext4 .* exit code 137: Killed/);
    node.answers.clear();
    await (await restart()).stage(stageRequest());
    expect(volume.content).toBe('ext4');
  });

  it.each([
    [{ use: { kind: 'mount', fsType: 'btrfs', mountFlags: [] } }, /fsType "btrfs"/],
    [{ use: { kind: 'mount', fsType: 'ext4', mountFlags: ['noatime,loop=/etc/shadow'] } }, /"loop=\/etc\/shadow"/],
    [{ createOptions: '-d file,name=/etc/x' }, /createoptions/],
  ] as const)('checks every string first: %j', async (change, reason) => {
    node.kernel.addVolume(1, wwid);
    await refused(reason, change);
    expect(node.commands).toEqual([]);
  });
});

describe('publishing', () => {
  it('binds, repeats, and refuses what is different', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
    await storage.publish(publishRequest());
    expect(node.kernel.mounts.filter(({ path }) => path === targetPath)).toHaveLength(1);
    await expect(storage.publish({ ...publishRequest(), readOnly: true })).rejects.toMatchObject({
      code: 'already-exists',
    });
    const second = { ...publishRequest(), targetPath: `${targetPath}2`, access: 'single' as const };
    await expect(storage.publish(second)).rejects.toThrow(/may be used by one pod only/);
  });

  it('needs a staged volume', async () => {
    await expect(storage.publish(publishRequest())).rejects.toMatchObject({ code: 'precondition' });
  });

  it('binds the device of a raw volume onto a file', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest({ use: { kind: 'block' } }));
    await storage.publish({ ...publishRequest(), use: { kind: 'block' } });
    expect(node.files.get(targetPath)).toBe('');
    expect(await storage.stats(volumeId, targetPath)).toEqual({ kind: 'block', totalBytes: 100 * MiB });
    expect(formats()).toEqual([]);
  });

  it.each(['/etc/x', '/var/lib/kubelet/../x', 'relative', '/var/lib/kubeletx/y'])('refuses the path %s', async path => {
    await expect(async () => storage.publish({ ...publishRequest(), targetPath: path })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(async () => storage.unpublish(volumeId, path)).rejects.toMatchObject({ code: 'invalid' });
    expect(node.commands).toEqual([]);
  });

  it.each(['/etc/x', 'some/path'])('finds no volume at %s', async path => {
    await expect(storage.stats(volumeId, path)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('follows no symbolic link', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    node.links.set('/var/lib/kubelet/pods/p1', '/etc');
    await expect(storage.publish(publishRequest())).rejects.toThrow(/through a symbolic link/);
    node.links.set(targetPath, '/etc');
    await expect(storage.unpublish(volumeId, targetPath)).rejects.toThrow(/is a symbolic link/);
  });
});

describe('expanding', () => {
  const grow = () => storage.expand({ volumeId, volumePath: stagingPath, stagingPath, requiredBytes: 200 * MiB });

  it('takes the new size on every path, then grows map and file system', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    node.answers.set('dumpe2fs', () => ({
      code: 0,
      stdout: `Block count: ${node.ran('resize2fs').length === 0 ? 100 : 200}\nBlock size: ${MiB}\n`,
      stderr: '',
    }));
    volume.bytes = 200 * MiB;
    expect(await grow()).toBe(200 * MiB);
    expect(node.ran('resize2fs')).toHaveLength(1);
  });

  it('is not done while one path is at the old size', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    volume.bytes = 200 * MiB;
    const [disk] = node.kernel.disks;
    if (disk) disk.isDown = true;
    await expect(grow()).rejects.toThrow(/not every path has 200 MiB yet: sd\w 100 MiB, sd\w 200 MiB/);
    expect(node.ran('multipathd')).toEqual([]);
  });
});

describe('unstaging', () => {
  it('leaves nothing and is free to repeat, also by a new process', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    await (await restart()).unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect([...node.files.keys()].filter(file => file.includes('/pure-csi/') && node.files.get(file) !== null)).toEqual(
      [],
    );
  });

  it('forgets no session that is still being made at a portal that is slow', async () => {
    node.kernel.addVolume(1, wwid).content = 'ext4';
    const [first, slow = ''] = portals;
    const answer = node.delay(slow);
    await storage.stage(stageRequest());
    expect(node.kernel.sessions.map(({ portal }) => portal)).toEqual([first]);
    const unstaged = storage.unstage(volumeId, stagingPath);
    await turns();
    answer();
    await Promise.all([unstaged, turns()]);
    expect([...leftovers(), ...node.records]).toEqual([]);
    expect([...node.files.keys()].filter(file => file.includes('/logins/'))).toEqual([]);
  });

  it('finishes a logout that failed half-way', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    node.failing.push('-o delete');
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/-o delete failed/);
    expect(node.kernel.sessions).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect([...node.files.keys()].filter(file => file.includes('/logins/'))).toEqual([]);
    expect(node.records.size).toBe(0);
  });

  it('needs no note: the mount tells the volume', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    for (const file of node.files.keys()) if (file.includes('/staged/')) node.files.delete(file);
    await storage.unstage(volumeId, stagingPath);
    expect(node.kernel.disks).toEqual([]);
    expect(node.kernel.maps).toEqual([]);
  });

  it.each([1, 3])('looks again when multipathd builds the map anew %d times', async comebacks => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    node.kernel.comebacks = comebacks;
    await storage.unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual([]);
  });

  it('touches no other volume and keeps the sessions for it', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.addVolume(2, otherWwid);
    await storage.stage(stageRequest());
    const other = { ...stageRequest().context, wwid: otherWwid, lun: 2 };
    await storage.stage(stageRequest({ volumeId: 'other', stagingPath: `${stagingPath}2`, context: other }));
    await storage.unstage(volumeId, stagingPath);
    expect(node.kernel.disks.map(disk => disk.wwid)).toEqual([otherWwid, otherWwid]);
    expect(node.kernel.sessions).toHaveLength(2);
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('is no success when the flush fails', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    node.answers.set('blockdev', () => ({ code: 1, stdout: '', stderr: 'Input/output error' }));
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/Input\/output error/);
    expect(node.kernel.maps).toHaveLength(1);
    node.answers.clear();
    await storage.unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual([]);
  });

  it('is refused while a pod or LVM still uses the volume', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(new RegExp(`still in use by ${targetPath}`));
    await storage.unpublish(volumeId, targetPath);
    node.kernel.maps[0]?.holders.push('dm-99');
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/still in use by dm-99/);
  });
});
