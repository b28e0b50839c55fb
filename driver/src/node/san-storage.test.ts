import { beforeEach, describe, expect, it } from '@jest/globals';
import { MiB } from '../domain/bytes.ts';
import type { NodeStorage } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import {
  iscsiContext,
  otherWwid,
  portals,
  publishRequest,
  stageRequest,
  targetIqn,
  wwid,
} from './testing/iscsi-volume.ts';
import { formatsOn, leftoversOn, stagingPath, startStorage, targetPath, volumeId } from './testing/storage-bench.ts';

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  storage = await startStorage(node);
});

describe('staging', () => {
  it('logs in to each portal, formats a blank volume and mounts it by its map', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    expect(node.kernel.sessions.map(({ portal }) => portal).sort()).toEqual(portals);
    expect(node.kernel.maps).toMatchObject([{ wwid, slaves: [expect.any(String), expect.any(String)] }]);
    expect(formatsOn(node)).toHaveLength(1);
    expect(node.ran('mount')).toEqual([
      `mount -t ext4 -o discard /dev/${node.kernel.maps[0]?.device ?? ''} ${stagingPath}`,
    ]);
  });

  it('does nothing on a repeat', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    const before = node.commands.length;
    await (await startStorage(node)).stage(stageRequest());
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
    expect(formatsOn(node)).toHaveLength(1);
  });

  it('uses sessions that are there and leaves them when it goes', async () => {
    node.kernel.addVolume(1, wwid);
    for (const portal of portals) node.kernel.login(targetIqn, portal);
    await storage.stage(stageRequest());
    expect(node.ran('iscsiadm')).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect(leftoversOn(node)).toEqual(portals);
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
        context: iscsiContext({ wwid: otherWwid }),
      }),
    );
    node.kernel.addVolume(1, wwid);
  };

  it('is refused while the old map stands', async () => {
    await stale();
    await expect(storage.stage(stageRequest())).rejects.toThrow(
      /expected 3624a937000000000000000000abc0001; it is in use/,
    );
    expect(formatsOn(node)).toEqual([]);
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
    expect(formatsOn(node)).toEqual([]);
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
    expect(formatsOn(node)).toEqual([]);
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
