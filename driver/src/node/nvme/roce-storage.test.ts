import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NvmePublishContext } from '../../domain/publish-context.ts';
import type { NodeStorage, StageRequest } from '../node-storage.ts';
import { FakeNvmeNode } from '../testing/fake-nvme-node.ts';
import { nvmeContext, otherWwid, portals, targetNqn, wwid } from '../testing/nvme-volume.ts';
import { notesOn, stageRequestOf, stagingPath, startStorage, volumeId } from '../testing/storage-bench.ts';

let node: FakeNvmeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNvmeNode();
  storage = await startStorage(node);
});

const stage = (change: Partial<StageRequest<NvmePublishContext>> = {}) =>
  storage.stage(stageRequestOf(nvmeContext('nvme-roce'), change));

/** A second volume of the array. */
const stageOther = (protocol: NvmePublishContext['protocol']) => {
  const context = nvmeContext(protocol, { wwid: otherWwid, nsid: 2 });
  return stage({ volumeId: 'other', stagingPath: `${stagingPath}2`, context });
};

const connected = () => node.controllers.map(({ transport, portal }) => `${transport} ${portal}`).sort();
const of = (...transports: readonly string[]) =>
  transports.flatMap(transport => portals.map(portal => `${transport} ${portal}`));

describe('a volume over NVMe/RoCE', () => {
  it('is connected by RDMA, formatted, mounted and given back', async () => {
    node.addNamespace(1, wwid);
    await stage();
    await stage();
    expect(connected()).toEqual(of('rdma'));
    expect(node.ran('mkfs.ext4')).toHaveLength(1);
    expect(node.controllers[0]?.options).toMatch(
      /,transport=rdma,traddr=10\.0\.[12]\.1,trsvcid=4420,.*,ctrl_loss_tmo=-1/,
    );
    await storage.unstage(volumeId, stagingPath);
    expect([...node.controllers, ...node.kernel.mounts, ...notesOn(node)]).toEqual([]);
  });

  it('is refused on a node without RDMA, before anything is tried', async () => {
    node.addNamespace(1, wwid);
    node.rdmaDevices = [];
    await expect(stage()).rejects.toMatchObject({ id: 'nvme-rdma-missing' });
    expect([...node.controllers, ...node.kernel.mounts]).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
    expect(notesOn(node)).toEqual([]);
  });

  it('is refused in words on a node without NVMe over Fabrics', async () => {
    node.addNamespace(1, wwid);
    node.files.delete('/dev/nvme-fabrics');
    await expect(stage()).rejects.toThrow(/no NVMe over Fabrics/);
  });

  it('is refused in words on a node whose kernel cannot load nvme-rdma', async () => {
    node.addNamespace(1, wwid);
    node.transports = ['tcp'];
    await expect(stage()).rejects.toThrow(/there is no \/sys\/module\/nvme_rdma/);
    await stageOther('nvme-tcp').catch(() => undefined);
    expect(connected()).toEqual(of('tcp'));
  });

  it('is never mounted when the namespace at its number is another volume', async () => {
    node.addNamespace(1, otherWwid).content = 'ext4';
    await expect(stage()).rejects.toMatchObject({ id: 'no-device' });
    expect(node.kernel.mounts).toEqual([]);
  });

  it('does not take a controller by TCP at the same address for its own', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    for (const portal of portals) node.connect(targetNqn, portal);
    await stage();
    expect(connected()).toEqual(of('rdma', 'tcp'));
    await storage.unstage(volumeId, stagingPath);
    // An administrator made those.
    expect(connected()).toEqual(of('tcp'));
  });

  it('asks the kernel for one portal at a time, and last for one that failed lately', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    const [dead, alive] = portals;
    node.deadPortals.add(dead);
    const answer = node.delay(dead);
    const staged = stage();
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    expect(node.attempts).toEqual([dead]);
    answer();
    await staged;
    expect(node.attempts).toEqual([dead, alive]);
    await storage.unstage(volumeId, stagingPath);
    await stage();
    expect(node.attempts).toEqual([dead, alive, alive, dead]);
  });

  it('is not mounted over TCP where no portal answers by RDMA', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    for (const portal of portals) {
      node.connect(targetNqn, portal);
      node.deadPortals.add(portal);
    }
    await expect(stage()).rejects.toMatchObject({ id: 'no-session' });
    expect(node.kernel.mounts).toEqual([]);
  });

  it('stays beside an older one over TCP when the protocol changed, and the last one ends both', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    node.addNamespace(2, otherWwid).content = 'ext4';
    await stageOther('nvme-tcp');
    await stage();
    expect(connected()).toEqual(of('rdma', 'tcp'));
    await storage.unstage('other', `${stagingPath}2`);
    expect(node.kernel.mounts).toHaveLength(1);
    await storage.unstage(volumeId, stagingPath);
    expect([...node.controllers, ...node.kernel.mounts, ...notesOn(node)]).toEqual([]);
  });
});
