import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NodeStorage } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { iscsiContext, otherWwid, portals, wwid } from './testing/iscsi-volume.ts';
import { leftoversOn, stageRequestOf, stagingPath, startStorage } from './testing/storage-bench.ts';

const peer = {
  lun: 1,
  targetIqn: 'iqn.2010-06.com.purestorage:flasharray.2',
  portals: ['10.0.1.9:3260', '10.0.2.9:3260'],
};
const volumeId = '6c4b1e3a-0000-4000-8000-00000000abcd/p::v1';
const stretched = stageRequestOf(iscsiContext({ peer }), { volumeId });

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  storage = await startStorage(node);
});

const leftovers = () => [...leftoversOn(node), ...node.records];

describe('a volume that two arrays have', () => {
  it('is one device with paths to both, and leaves nothing of either', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stretched);
    expect(node.kernel.sessions.map(({ portal }) => portal).sort()).toEqual([...portals, ...peer.portals].sort());
    expect(node.kernel.maps.map(({ slaves }) => slaves.length)).toEqual([4]);
    await storage.unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['the first', portals],
    ['the second', peer.portals],
  ])('is mounted while %s does not answer, and formatted only when both do', async (_which, dead) => {
    const volume = node.kernel.addVolume(1, wwid);
    for (const portal of dead) node.deadPortals.add(portal);
    await expect(storage.stage(stretched)).rejects.toThrow(/2 of 4 paths are up, and a new file system needs all/);
    volume.content = 'ext4';
    await storage.stage(stretched);
    expect(node.kernel.mounts).toHaveLength(1);
    await storage.unstage(volumeId, stagingPath);
    expect(leftovers()).toEqual([]);
  });

  it('is refused while one of them has another volume at the number that is in use', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.addVolume(2, otherWwid);
    const context = iscsiContext({ ...peer, wwid: otherWwid, lun: 2 });
    await storage.stage({ ...stretched, context, volumeId: 'other', stagingPath: `${stagingPath}2` });
    const wrong = iscsiContext({ peer: { ...peer, lun: 2 } });
    await expect(storage.stage({ ...stretched, context: wrong })).rejects.toThrow(/it is in use by/);
    expect(node.kernel.mounts).toHaveLength(1);
  });
});
