import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeStorage } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { iscsiContext, otherWwid, portals, publishRequest, stageRequest, wwid } from './testing/iscsi-volume.ts';
import { leftoversOn, stagingPath, startStorage, targetPath, volumeId } from './testing/storage-bench.ts';

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  storage = await startStorage(node);
});

/** Until all that can go on without an answer has. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5000; turn += 1) await Promise.resolve();
}

describe('unstaging', () => {
  it('leaves nothing and is free to repeat, also by a new process', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    await (await startStorage(node)).unstage(volumeId, stagingPath);
    expect(leftoversOn(node)).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect([...node.files.keys()].filter(file => file.includes('/pure-csi/') && node.files.get(file) !== null)).toEqual(
      [],
    );
  });

  it('forgets no session that is still being made at a portal that is slow', async () => {
    node.kernel.addVolume(1, wwid).content = 'ext4';
    const [first, slow] = portals;
    const answer = node.delay(slow);
    await storage.stage(stageRequest());
    expect(node.kernel.sessions.map(({ portal }) => portal)).toEqual([first]);
    const unstaged = storage.unstage(volumeId, stagingPath);
    await turns();
    answer();
    await Promise.all([unstaged, turns()]);
    expect([...leftoversOn(node), ...node.records]).toEqual([]);
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
    expect(leftoversOn(node)).toEqual([]);
  });

  it('touches no other volume and keeps the sessions for it', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.addVolume(2, otherWwid);
    await storage.stage(stageRequest());
    const other = iscsiContext({ wwid: otherWwid, lun: 2 });
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
    expect(leftoversOn(node)).toEqual([]);
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
