import { beforeEach, describe, expect, it } from '@jest/globals';
import { MiB } from '../domain/bytes.ts';
import type { IscsiPublishContext } from '../domain/publish-context.ts';
import type { NodeStorage, StageRequest } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { portals, stageRequest, targetIqn, wwid } from './testing/iscsi-volume.ts';
import { formatsOn, startStorage } from './testing/storage-bench.ts';

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  storage = await startStorage(node);
});

describe('formatting', () => {
  const refused = async (reason: RegExp, change: Partial<StageRequest<IscsiPublishContext>> = {}) => {
    await expect(storage.stage(stageRequest(change))).rejects.toThrow(reason);
    expect(formatsOn(node)).toEqual([]);
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
    expect(formatsOn(node)).toHaveLength(1);
  });

  it('is refused when the device is smaller than the volume was at its creation, and done when it has grown', async () => {
    node.kernel.addVolume(1, wwid);
    await refused(/has 100 MiB, and the volume was created with 101 MiB/, { createdBytes: 101 * MiB });
    await storage.stage(stageRequest({ createdBytes: 99 * MiB }));
    expect(formatsOn(node)).toHaveLength(1);
  });

  it('begins again after it was interrupted on this node', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    node.answers.set('mkfs.ext4', () => {
      volume.stains.add(5);
      return { code: 137, stdout: '', stderr: 'Killed' };
    });
    await expect(storage.stage(stageRequest())).rejects.toThrow(/mkfs\.ext4 .* exit code 137: Killed/);
    node.answers.clear();
    await (await startStorage(node)).stage(stageRequest());
    expect(volume.content).toBe('ext4');
  });

  it('does not begin again when the device cannot be read: another node may have used it since', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    const killed = { code: 137, stdout: '', stderr: 'Killed' };
    node.answers.set('mkfs.ext4', () => killed);
    await expect(storage.stage(stageRequest())).rejects.toThrow(/Killed/);
    node.answers.clear();
    volume.content = 'ext4';
    // blkid says the same of a device without paths.
    let looks = 0;
    node.answers.set('blkid', () => (looks++ === 0 ? { code: 2, stdout: '', stderr: '' } : { code: 0, stdout: 'TYPE=ext4\n', stderr: '' })); // prettier-ignore
    node.readableBytes = 0;
    await expect(storage.stage(stageRequest())).rejects.toThrow(/only 0 of 1048576 bytes/);
    [looks, node.readableBytes] = [0, Infinity];
    await storage.stage(stageRequest());
    expect(formatsOn(node)).toHaveLength(1);
    expect(node.kernel.mounts).toHaveLength(1);
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
