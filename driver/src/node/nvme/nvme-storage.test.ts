import { beforeEach, describe, expect, it } from '@jest/globals';
import { MiB } from '../../domain/bytes.ts';
import type { NvmePublishContext } from '../../domain/publish-context.ts';
import type { NodeStorage } from '../node-storage.ts';
import type * as port from '../node-storage.ts';
import { FakeNvmeNode } from '../testing/fake-nvme-node.ts';
import { nvmeContext, otherWwid, portals, targetNqn, wwid } from '../testing/nvme-volume.ts';
import {
  formatsOn,
  notesOn,
  publishRequestOf,
  stageRequestOf,
  stagingPath,
  startStorage,
  targetPath,
  volumeId,
} from '../testing/storage-bench.ts';

let node: FakeNvmeNode;
let storage: NodeStorage;

beforeEach(async () => {
  node = new FakeNvmeNode();
  storage = await startStorage(node);
});

type StageRequest = port.StageRequest<NvmePublishContext>;

const contextOf = (change: Partial<NvmePublishContext> = {}) => nvmeContext('nvme-tcp', change);
const stageRequest = (change: Partial<StageRequest> = {}) => stageRequestOf(contextOf(), change);

const other = (change: Partial<StageRequest> = {}): StageRequest =>
  stageRequest({
    volumeId: 'other',
    stagingPath: `${stagingPath}2`,
    context: contextOf({ wwid: otherWwid, nsid: 2 }),
    ...change,
  });

const publishRequest = (use = stageRequest().use) => publishRequestOf(stageRequest(), { use });

const connected = () => node.controllers.map(({ portal }) => portal).sort();

describe('staging over NVMe/TCP', () => {
  it('connects each portal as this host, formats a blank namespace and mounts it', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    expect(connected()).toEqual(portals);
    expect(node.controllers[0]?.options).toContain(
      'hostnqn=nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000abcd,hostid=6c4b1e3a-0000-4000-8000-00000000abcd,',
    );
    expect(formatsOn(node)).toHaveLength(1);
    const [head] = node.kernel.maps;
    expect(node.ran('mount')).toEqual([`mount -t ext4 -o discard /dev/${head?.device ?? ''} ${stagingPath}`]);
    expect([...node.ran('iscsiadm'), ...node.ran('multipathd')]).toEqual([]);
  });

  it('takes the host id that the node has', async () => {
    const id = '11111111-2222-4333-8444-555555555555';
    node.files.set('/etc/nvme/hostid', `${id}\n`);
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    expect(node.controllers[0]?.options).toContain(`,hostid=${id},`);
  });

  it('does nothing on a repeat', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    const before = node.commands.length;
    await (await startStorage(node)).stage(stageRequest());
    expect(node.commands.length).toBe(before);
    expect(node.controllers).toHaveLength(2);
  });

  it('finds the namespace by NGUID, whatever the kernel names it', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    node.addNamespace(2, otherWwid).content = 'ext4';
    await storage.stage(other());
    const device = node.kernel.maps.find(map => map.wwid === otherWwid)?.device ?? '';
    expect(node.ran('mount')).toEqual([expect.stringContaining(` /dev/${device} `)]);
  });

  it('waits for a scan that runs later', async () => {
    node.addNamespace(1, wwid);
    node.lazyScans = 3;
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('mounts an existing file system with one portal down, and formats with all portals only', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    node.addNamespace(2, otherWwid);
    node.deadPortals.add('10.0.2.1:4420');
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toHaveLength(1);
    await expect(storage.stage(other())).rejects.toThrow(/1 of 2 paths are up, and a new file system needs all/);
    node.deadPortals.clear();
    await storage.stage(other()).catch(() => undefined);
    await storage.stage(other());
    expect(formatsOn(node)).toHaveLength(1);
  });

  it('says which portal failed when all are down, and leaves nothing', async () => {
    portals.forEach(portal => node.deadPortals.add(portal));
    await expect(storage.stage(stageRequest())).rejects.toThrow(/portal 10\.0\.1\.1:4420 could not be connected/);
    await storage.unstage(volumeId, stagingPath);
    expect(notesOn(node)).toEqual([]);
  });

  it.each([
    ['no module', () => node.files.delete('/dev/nvme-fabrics') && (node.multipath = null), /modprobe nvme-tcp/],
    ['native multipathing off', () => (node.multipath = 'N'), /is "N".*nvme_core\.multipath=Y/],
    ['no host name', () => node.files.delete('/etc/nvme/hostnqn'), /no NVMe host name in \/etc\/nvme\/hostnqn/],
    [
      'a host name of several fields',
      () => node.files.set('/etc/nvme/hostnqn', 'nqn.a,hostid=1\n'),
      /no NVMe host name/,
    ],
  ])('refuses a node with %s in words', async (_what, spoil, words) => {
    node.addNamespace(1, wwid);
    spoil();
    const error: unknown = await storage.stage(stageRequest()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ sentence: expect.stringMatching(words) });
    expect(node.controllers).toEqual([]);
  });
});

describe('a number that was used before', () => {
  it('never takes a leftover with the right NGUID for the volume: the number is that of another one now', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    for (const portal of portals) node.connect(targetNqn, portal);
    // The array gave number 1 to another volume, and 2 to ours; the node has not heard of it.
    node.lazyScans = Infinity;
    node.namespaces.clear();
    node.addNamespace(1, otherWwid);
    node.addNamespace(2, wwid);
    const stage = () => storage.stage(stageRequest({ context: contextOf({ nsid: 2 }) }));
    await expect(stage()).rejects.toThrow(/no namespace 2 of subsystem .* has its NGUID, but number 1/);
    expect(node.kernel.mounts).toEqual([]);
    node.lazyScans = 0;
    await stage();
    expect(node.kernel.mounts).toHaveLength(1);
    expect(node.paths.find(path => path.wwid === wwid)?.nsid).toBe(2);
  });

  it('is an error when the array has another volume there', async () => {
    node.addNamespace(1, otherWwid);
    await expect(storage.stage(stageRequest())).rejects.toThrow(/no namespace 1 of subsystem/);
    expect(formatsOn(node)).toEqual([]);
  });
});

describe('formatting over NVMe/TCP', () => {
  it.each([
    ['holds data', (volume: { stains: Set<number> }) => volume.stains.add(70_000), /holds data at byte 70000/, {}],
    ['was not created blank', () => undefined, /was not created empty/, { isCreatedBlank: false }],
    ['is smaller than it was', () => undefined, /was created with 101 MiB/, { createdBytes: 101 * MiB }],
  ])('is refused for a volume that %s', async (_what, spoil, words, change) => {
    spoil(node.addNamespace(1, wwid));
    await expect(storage.stage(stageRequest(change))).rejects.toThrow(words);
    expect(formatsOn(node)).toEqual([]);
  });

  it('is refused when a path has another size', async () => {
    const volume = node.addNamespace(1, wwid);
    for (const portal of portals) node.connect(targetNqn, portal);
    volume.bytes = 200 * MiB;
    const [controller] = node.controllers;
    if (controller) controller.isLive = false;
    await expect(storage.stage(stageRequest())).rejects.toThrow(
      /path nvme0c\dn\d has 100 MiB, its device nvme0n\d 200 MiB/,
    );
    expect(formatsOn(node)).toEqual([]);
  });
});

describe('publishing and expanding over NVMe/TCP', () => {
  it('binds the file system, and tells its size', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
    await storage.publish(publishRequest());
    expect(node.kernel.mounts.filter(({ path }) => path === targetPath)).toHaveLength(1);
    expect(await storage.stats(volumeId, targetPath)).toMatchObject({ kind: 'mount' });
    await storage.unpublish(volumeId, targetPath);
    expect(node.kernel.mounts.map(({ path }) => path)).toEqual([stagingPath]);
  });

  it('binds the device of a raw volume, expands it and tells its size', async () => {
    const volume = node.addNamespace(1, wwid);
    const use = { kind: 'block' } as const;
    await storage.stage(stageRequest({ use }));
    await storage.publish(publishRequest(use));
    expect(formatsOn(node)).toEqual([]);
    expect(await storage.stats(volumeId, targetPath)).toEqual({ kind: 'block', totalBytes: 100 * MiB });
    volume.bytes = 200 * MiB;
    const grow = { volumeId, volumePath: targetPath, stagingPath, requiredBytes: 200 * MiB };
    expect(await storage.expand(grow)).toBe(200 * MiB);
    expect(await storage.stats(volumeId, targetPath)).toEqual({ kind: 'block', totalBytes: 200 * MiB });
  });

  it('grows the file system when the namespace has grown, and not before', async () => {
    const volume = node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    node.answers.set('dumpe2fs', () => ({
      code: 0,
      stdout: `Block count: ${node.ran('resize2fs').length === 0 ? 100 : 200}\nBlock size: ${MiB}\n`,
      stderr: '',
    }));
    const grow = () => storage.expand({ volumeId, volumePath: stagingPath, stagingPath, requiredBytes: 200 * MiB });
    await expect(grow()).rejects.toThrow(/not every path has 200 MiB yet/);
    expect(node.ran('resize2fs')).toEqual([]);
    volume.bytes = 200 * MiB;
    expect(await grow()).toBe(200 * MiB);
    expect(node.ran('resize2fs')).toHaveLength(1);
  });
});

describe('unstaging over NVMe/TCP', () => {
  it('flushes, disconnects and leaves no note, also in a new process', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    const device = node.kernel.maps[0]?.device ?? '';
    storage = await startStorage(node);
    await storage.unstage(volumeId, stagingPath);
    expect(node.ran('blockdev')).toEqual([`blockdev --flushbufs /dev/${device}`]);
    expect([...node.controllers, ...node.kernel.mounts, ...notesOn(node)]).toEqual([]);
    await storage.unstage(volumeId, stagingPath);
  });

  it('keeps the controllers while another volume is mounted, and ends them with the last', async () => {
    node.addNamespace(1, wwid);
    node.addNamespace(2, otherWwid);
    await storage.stage(stageRequest());
    await storage.stage(other());
    await storage.unstage(volumeId, stagingPath);
    expect(connected()).toEqual(portals);
    expect(node.kernel.mounts).toHaveLength(1);
    await storage.unstage('other', `${stagingPath}2`);
    expect(node.controllers).toEqual([]);
  });

  it('keeps them for a raw volume that is only staged, and for one that shows by its mount alone', async () => {
    node.addNamespace(1, wwid);
    node.addNamespace(2, otherWwid);
    await storage.stage(stageRequest());
    await storage.stage(other({ use: { kind: 'block' } }));
    await storage.unstage(volumeId, stagingPath);
    expect(connected()).toEqual(portals);
    await storage.stage(stageRequest());
    await storage.unstage('other', `${stagingPath}2`);
    for (const file of notesOn(node)) if (file.includes('/staged/')) node.files.delete(file);
    await storage.unstage('other', `${stagingPath}2`);
    expect(connected()).toEqual(portals);
  });

  it('keeps them while the node itself has a volume mounted, which its container does not show', async () => {
    node.addNamespace(1, wwid);
    node.addNamespace(2, otherWwid);
    await storage.stage(stageRequest());
    const byHand = node.kernel.maps.find(map => map.wwid === otherWwid)?.device ?? '';
    node.claimed.add(`/dev/${byHand}`);
    await storage.unstage(volumeId, stagingPath);
    expect(connected()).toEqual(portals);
    node.claimed.clear();
    await storage.stage(stageRequest());
    await storage.unstage(volumeId, stagingPath);
    expect(node.controllers).toEqual([]);
  });

  it('is refused while another namespace of mounts than ours holds the volume', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    node.claimed.add(`/dev/${node.kernel.maps[0]?.device ?? ''}`);
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/still in use by a mount of the node/);
    expect(node.ran('blockdev')).toEqual([]);
  });

  it('forgets no controller that is still being made at a portal that is slow', async () => {
    node.addNamespace(1, wwid).content = 'ext4';
    const [, slow] = portals;
    const answer = node.delay(slow);
    await storage.stage(stageRequest());
    expect(connected()).toEqual([portals[0]]);
    const unstaged = storage.unstage(volumeId, stagingPath);
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    answer();
    await unstaged;
    expect([...node.controllers, ...notesOn(node)]).toEqual([]);
  });

  it("leaves an administrator's controllers, and others' namespaces", async () => {
    node.addNamespace(1, wwid);
    for (const portal of portals) node.connect(targetNqn, portal);
    await storage.stage(stageRequest());
    await storage.unstage(volumeId, stagingPath);
    expect(connected()).toEqual(portals);
  });

  it('is refused while a pod or LVM still uses the volume, and no success when the flush fails', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(new RegExp(`still in use by ${targetPath}`));
    await storage.unpublish(volumeId, targetPath);
    node.kernel.maps[0]?.holders.push('dm-99');
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/still in use by dm-99/);
    node.kernel.maps[0]?.holders.pop();
    node.answers.set('blockdev', () => ({ code: 1, stdout: '', stderr: 'Input/output error' }));
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/Input\/output error/);
    expect(connected()).toEqual(portals);
  });

  it('succeeds where the array took the namespace away before', async () => {
    node.addNamespace(1, wwid);
    await storage.stage(stageRequest());
    node.kernel.mounts = [];
    node.namespaces.clear();
    node.scan();
    await storage.unstage(volumeId, stagingPath);
    expect([...node.controllers, ...notesOn(node)]).toEqual([]);
  });
});
