import { beforeEach, describe, expect, it } from '@jest/globals';
import type { IscsiPublishContext } from '../domain/publish-context.ts';
import { silentLogger } from '../lib/logger.ts';
import { composeStorage } from './compose-storage.ts';
import type { NodeStorage, StageRequest } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { ImmediateClock } from './testing/immediate-clock.ts';

const wwid = '3624a937000000000000000000abc0001';
const otherWwid = '3624a937000000000000000000abc0002';
const targetIqn = 'iqn.2010-06.com.purestorage:flasharray.1';
const portals = ['10.0.1.1:3260', '10.0.2.1:3260'];
const peer = {
  lun: 1,
  targetIqn: 'iqn.2010-06.com.purestorage:flasharray.2',
  portals: ['10.0.1.9:3260', '10.0.2.9:3260'],
};
const stagingPath = '/var/lib/kubelet/plugins/kubernetes.io/csi/pure-csi/1/globalmount';
const volumeId = '6c4b1e3a-0000-4000-8000-00000000abcd/p::v1';

const stretched: StageRequest<IscsiPublishContext> = {
  volumeId,
  stagingPath,
  context: { protocol: 'iscsi', wwid, lun: 1, targetIqn, portals, peer },
  use: { kind: 'mount', fsType: 'ext4', mountFlags: [] },
  access: 'shared',
  createOptions: '',
  isCreatedBlank: true,
  createdBytes: 0,
};

let node: FakeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNode();
  await node.makeDirectory('/var/lib/kubelet');
  storage = await composeStorage({
    exec: node,
    fs: node,
    clock: new ImmediateClock(),
    logger: silentLogger,
    kubeletDir: '/var/lib/kubelet',
    pluginDir: '/var/lib/kubelet/plugins/pure-csi',
    loginTimeoutMs: 20_000,
  });
});

const leftovers = () => {
  const { sessions, disks, maps, mounts } = node.kernel;
  return [...sessions, ...disks, ...maps, ...mounts, ...node.records];
};

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
    const context = { protocol: 'iscsi' as const, ...peer, wwid: otherWwid, lun: 2 };
    await storage.stage({ ...stretched, context, volumeId: 'other', stagingPath: `${stagingPath}2` });
    const wrong = { ...stretched.context, peer: { ...peer, lun: 2 } };
    await expect(storage.stage({ ...stretched, context: wrong })).rejects.toThrow(/it is in use by/);
    expect(node.kernel.mounts).toHaveLength(1);
  });
});
