import { beforeEach, describe, expect, it } from '@jest/globals';
import { MiB } from '../../domain/bytes.ts';
import type { FcPublishContext } from '../../domain/publish-context.ts';
import type { NodeStorage, StageRequest } from '../node-storage.ts';
import type { FakePair } from '../testing/fake-kernel.ts';
import { FakeNode } from '../testing/fake-node.ts';
import { otherWwid, wwid } from '../testing/iscsi-volume.ts';
import { formatsOn, notesOn, stageRequestOf, stagingPath, startStorage, volumeId } from '../testing/storage-bench.ts';

const inUse = '3624a937000000000000000000abc0003';
const targetWwpns = ['524a937000000000', '524a937000000010'];

let node: FakeNode;
let storage: NodeStorage;
let pairs: readonly FakePair[];

beforeEach(async () => {
  node = new FakeNode();
  const { kernel } = node;
  // Two fabrics; the third pair is another array's.
  pairs = [
    kernel.addPair(5, 0, '2100000e1e30a1b2', '524a937000000000'),
    kernel.addPair(6, 1, '2100000e1e30a1b3', '524a937000000010'),
  ];
  kernel.addPair(5, 2, '2100000e1e30a1b2', '500a09c0ffe1aa01');
  storage = await startStorage(node);
});

type FcStageRequest = StageRequest<FcPublishContext>;

const stageRequest = (change: Partial<FcStageRequest> = {}, context: Partial<FcPublishContext> = {}): FcStageRequest =>
  stageRequestOf({ protocol: 'fc', wwid, lun: 1, targetWwpns, ...context }, change);
const raw = { use: { kind: 'block' } } as const;

const scans: string[] = [];
beforeEach(() => {
  scans.length = 0;
  const { writeText } = node;
  node.writeText = (path, text) => {
    if (path.endsWith('/scan')) scans.push(`${path} ${text}`);
    return writeText(path, text);
  };
});

const addresses = () =>
  node.kernel.disks.map(({ session, lun }) => ('wwpn' in session ? `${session.wwpn} ${lun}` : 'iscsi')).sort();

describe('staging over Fibre Channel', () => {
  it('scans the LUN at each port of the array, and nothing else', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.addVolume(2, otherWwid);
    await storage.stage(stageRequest());
    expect(scans.sort()).toEqual(['/sys/class/scsi_host/host5/scan 0 0 1', '/sys/class/scsi_host/host6/scan 0 1 1']);
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} 1`));
    expect(formatsOn(node)).toHaveLength(1);
    expect(node.kernel.maps.map(({ slaves }) => slaves.length)).toEqual([2]);
    expect(node.ran('iscsiadm')).toEqual([]);
  });

  it('asks for large LUN numbers in both ways of writing them', async () => {
    node.kernel.addVolume(300 + 0x4000, wwid);
    await storage.stage(stageRequest({}, { lun: 300 }));
    expect(scans).toContain('/sys/class/scsi_host/host5/scan 0 0 300');
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} ${300 + 0x4000}`));
  });

  it('takes what the kernel found by itself', async () => {
    node.kernel.addVolume(1, wwid);
    node.kernel.scanAll(targetWwpns);
    const before = node.kernel.disks.map(({ name }) => name);
    await storage.stage(stageRequest());
    expect(scans).toEqual([]);
    expect(node.kernel.disks.map(({ name }) => name)).toEqual(before);
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('takes over the size of a volume that grew on another node while the kernel remembered it here', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    node.kernel.scanAll(targetWwpns);
    Object.assign(volume, { bytes: 200 * MiB, content: 'ext4' });
    await storage.stage(stageRequest());
    expect(node.kernel.maps.map(({ bytes }) => bytes)).toEqual([200 * MiB]);
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('leaves a map alone that is larger than its paths', async () => {
    const volume = node.kernel.addVolume(1, wwid, 200 * MiB);
    node.kernel.scanAll(targetWwpns);
    Object.assign(volume, { bytes: 100 * MiB, content: 'ext4' });
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({ id: 'path-size-differs' });
    expect(node.kernel.maps.map(({ bytes }) => bytes)).toEqual([200 * MiB]);
  });

  it('leaves nothing, and forgets the volume', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    await storage.unstage(volumeId, stagingPath);
    const { disks, maps, mounts } = node.kernel;
    expect([...disks, ...maps, ...mounts, ...notesOn(node)]).toEqual([]);
    expect(node.ran('iscsiadm')).toEqual([]);
  });

  it('deletes no disk that got the name of one of its own meanwhile', async () => {
    const { kernel } = node;
    kernel.addVolume(1, wwid);
    await storage.stage(stageRequest());
    const [own] = kernel.disks;
    if (!own) throw new Error('nothing is staged');
    const { list } = node;
    let looks = 0;
    node.list = path => {
      const isGone = path === '/sys/block' && kernel.maps.every(map => map.wwid !== wwid);
      if (isGone && (looks += 1) === 2) kernel.disks[0] = { ...own, lun: 9, wwid: inUse };
      return list(path);
    };
    await storage.unstage(volumeId, stagingPath);
    expect(addresses()).toEqual([`${targetWwpns[0]} 9`]);
  });

  it('finds a raw volume again by its note', async () => {
    node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest(raw));
    await storage.unstage(volumeId, stagingPath);
    expect(node.kernel.disks).toEqual([]);
    expect(notesOn(node)).toEqual([]);
  });

  it('mounts with the port that is left, and formats only with all that it has seen', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    const [, second] = pairs;
    if (second) second.state = 'Blocked';
    const refusal = storage.stage(stageRequest());
    await expect(refusal).rejects.toThrow(/1 of 2 paths are up, and a new file system needs all/);
    await expect(refusal).rejects.toMatchObject({ nextStep: expect.stringContaining('zones') });
    expect(formatsOn(node)).toEqual([]);
    volume.content = 'ext4';
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toHaveLength(1);
  });

  it('follows the volume to its new size', async () => {
    const volume = node.kernel.addVolume(1, wwid);
    await storage.stage(stageRequest(raw));
    volume.bytes = 200 * MiB;
    expect(await storage.expand({ volumeId, volumePath: stagingPath, stagingPath, requiredBytes: 200 * MiB })).toBe(
      200 * MiB,
    );
  });

  it.each([
    [
      'no port of it is there',
      () => (node.kernel.pairs = node.kernel.pairs.slice(2)),
      /2100000e1e30a1b2 \(online\), sees/,
    ],
    [
      'its ports are away',
      () => pairs.forEach(pair => (pair.state = 'Not Present')),
      /2100000e1e30a1b3 \(online\), sees/,
    ],
    [
      'its ports are no targets',
      () => pairs.forEach(pair => (pair.roles = 'FCP Initiator')),
      /sees a port of the array/,
    ],
    ['the node has no port', () => (node.kernel.pairs = []), /This node has no Fibre Channel port\./],
  ])('says so when %s', async (_what, change, words) => {
    node.kernel.addVolume(1, wwid);
    change();
    const refusal = storage.stage(stageRequest());
    await expect(refusal).rejects.toMatchObject({ id: 'fc-target-not-seen', finality: 'in-doubt' });
    await expect(refusal).rejects.toThrow(words);
    expect(scans).toEqual([]);
  });

  it('joins the paths to both arrays of a stretched pod, each at its own LUN', async () => {
    const { kernel } = node;
    kernel.addPair(5, 3, '2100000e1e30a1b2', '524a937fffffff00');
    kernel.addVolume(1, wwid);
    kernel.luns.set(7, wwid);
    const scan = kernel.scan.bind(kernel);
    // Each array shows the volume at one number.
    kernel.scan = (host, target, lun) => {
      if ((lun === 7) === (target === 3)) scan(host, target, lun);
    };
    await storage.stage(stageRequest({}, { peer: { lun: 7, targetWwpns: ['524a937fffffff00'] } }));
    expect(addresses()).toEqual([...targetWwpns.map(wwpn => `${wwpn} 1`), '524a937fffffff00 7']);
    expect(kernel.maps.map(({ slaves }) => slaves.length)).toEqual([3]);
  });
});

describe('what the kernel brought in by itself', () => {
  /** Another volume had the LUN, nobody used it, and the array gave the LUN to ours. */
  const leftBehind = () => {
    node.kernel.addVolume(1, otherWwid);
    node.kernel.scanAll(targetWwpns);
    expect(node.kernel.maps).toHaveLength(1);
    node.kernel.addVolume(1, wwid);
  };

  it('goes when its LUN is another volume now', async () => {
    leftBehind();
    await storage.stage(stageRequest());
    expect(node.kernel.maps.map(map => map.wwid)).toEqual([wwid]);
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} 1`));
  });

  it('goes, though multipathd was quick to take it for a path of our volume', async () => {
    leftBehind();
    node.kernel.isMultipathdQuick = true;
    const names = node.kernel.disks.map(({ name }) => name);
    await storage.stage(stageRequest());
    expect(node.kernel.maps.map(map => map.wwid)).toEqual([wwid]);
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} 1`));
    // What the kernel kept of the other volume is gone with its devices.
    expect(node.kernel.disks.filter(({ name }) => names.includes(name))).toEqual([]);
  });

  it('is refused as the only path to our volume that is in use', async () => {
    leftBehind();
    node.kernel.isMultipathdQuick = true;
    node.kernel.rescan(node.kernel.disks[0]?.name ?? '');
    const [map] = node.kernel.maps.filter(one => one.wwid === wwid);
    node.claimed.add(`/dev/${map?.device ?? ''}`);
    const before = node.kernel.disks.map(({ name }) => name);
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({ id: 'device-in-use' });
    expect(node.kernel.disks.map(({ name }) => name)).toEqual(before);
    expect(node.kernel.maps.find(one => one.wwid === wwid)?.slaves).toEqual(before);
  });

  it('goes with its map, though multipathd and udev are busy with that', async () => {
    leftBehind();
    node.kernel.delayedRemovals = 3;
    node.kernel.looks = 3;
    await storage.stage(stageRequest());
    expect(node.kernel.maps.map(map => map.wwid)).toEqual([wwid]);
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} 1`));
  });

  it('may be let go of later', async () => {
    leftBehind();
    node.kernel.delayedRemovals = Infinity;
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({ id: 'device-in-use', finality: 'in-doubt' });
    expect(node.kernel.disks.map(disk => disk.lun)).toEqual([1, 1]);
    expect(formatsOn(node)).toEqual([]);
  });

  it.each([
    ['while it is taken out of its map', /^del path /],
    ['before that', /queue/],
  ])('is left alone once the kernel gave its name to a disk of another volume, %s', async (_when, command) => {
    const { kernel } = node;
    leftBehind();
    kernel.delayedRemovals = Infinity;
    const [first] = kernel.disks;
    if (!first) throw new Error('nothing was left behind');
    const { run } = node;
    const afterwards: string[] = [];
    node.run = async (program, args, options) => {
      if (command.test(args.join(' ')) && kernel.delayedRemovals > 0) {
        // The link was away for so long that the kernel gave up its disks.
        for (const { name } of kernel.disks) kernel.deleteDisk(name);
        kernel.maps = [];
        kernel.delayedRemovals = 0;
        const { session, bytes, foreignHolders } = first;
        kernel.disks = [{ name: first.name, session, lun: 9, wwid: inUse, bytes, foreignHolders, isDown: false }];
        kernel.buildMaps();
        return { code: 0, stdout: 'fail\n', stderr: '' };
      }
      if (kernel.delayedRemovals === 0) afterwards.push(args.join(' '));
      return run(program, args, options);
    };
    await storage.stage(stageRequest());
    // The map would be built again, but until then a path is missing.
    expect(afterwards).not.toContain(`del path ${first.name}`);
    expect(kernel.disks.find(({ name }) => name === first.name)?.wwid).toBe(inUse);
    expect(kernel.maps.find(map => map.wwid === inUse)?.slaves).toEqual([first.name]);
    expect(addresses()).toEqual([...targetWwpns.map(wwpn => `${wwpn} 1`), `${targetWwpns[0]} 9`].sort());
  });

  it.each([
    [
      'mounted',
      (device: string) => void node.run('mount', ['-t', 'ext4', `/dev/${device}`, '/srv/data'], { timeoutMs: 1 }),
    ],
    ['mounted by the node itself, outside of its container', (device: string) => node.claimed.add(`/dev/${device}`)],
    ['built upon', () => node.kernel.maps[0]?.holders.push('dm-9')],
    [
      'staged as a raw volume',
      () =>
        node.files.set(
          '/var/lib/kubelet/plugins/pure-csi/staged/1.json',
          JSON.stringify({ volumeId: 'old', wwid: otherWwid, stagingPath: `${stagingPath}2` }),
        ),
    ],
  ])('stays while it is %s, and ours is refused', async (_what, use) => {
    leftBehind();
    use(node.kernel.maps[0]?.device ?? '');
    await expect(storage.stage(stageRequest())).rejects.toThrow(/LUN 1 of .* it is in use by mpath-.*0002/);
    expect(node.kernel.maps.map(map => map.wwid)).toEqual([otherWwid]);
    expect(formatsOn(node)).toEqual([]);
  });

  it('never stays in the map of our volume at a LUN that the array took back', async () => {
    const { kernel } = node;
    kernel.addVolume(1, wwid);
    kernel.scanAll(targetWwpns);
    // Ours is at LUN 2 now, and LUN 1 belongs to another one; the kernel remembers ours at both.
    kernel.luns.set(2, wwid);
    kernel.addVolume(1, otherWwid);
    await storage.stage(stageRequest({ isCreatedBlank: true }, { lun: 2 }));
    expect(addresses()).toEqual(targetWwpns.map(wwpn => `${wwpn} 2`));
    const [map] = kernel.maps.filter(one => one.wwid === wwid);
    const luns = kernel.disks.filter(({ name }) => map?.slaves.includes(name)).map(({ lun }) => lun);
    expect(luns).toEqual([2, 2]);
  });

  it('is refused at an old LUN while the node itself has it mounted', async () => {
    const { kernel } = node;
    kernel.addVolume(1, wwid);
    kernel.scanAll(targetWwpns);
    const before = kernel.maps.map(({ device, slaves }) => ({ device, slaves }));
    node.claimed.add(`/dev/${before[0]?.device ?? ''}`);
    kernel.luns.set(2, wwid);
    kernel.addVolume(1, otherWwid);
    await expect(storage.stage(stageRequest({}, { lun: 2 }))).rejects.toThrow(/at LUN 2 .* still has its identity/);
    expect(kernel.maps).toMatchObject(before);
  });

  it.each([
    ['mounted', ['-t', 'ext4']],
    ['a raw volume of a pod', ['-o', 'bind']],
  ])('is refused at an old LUN while it is %s', async (_what, options) => {
    const { kernel } = node;
    kernel.addVolume(1, wwid);
    kernel.scanAll(targetWwpns);
    const before = kernel.maps.map(({ device, slaves }) => ({ device, slaves }));
    await node.run('mount', [...options, `/dev/${before[0]?.device ?? ''}`, '/srv/data'], { timeoutMs: 1 });
    kernel.luns.set(2, wwid);
    kernel.addVolume(1, otherWwid);
    await expect(storage.stage(stageRequest({}, { lun: 2 }))).rejects.toThrow(/at LUN 2 .* still has its identity/);
    expect(kernel.maps).toMatchObject(before);
    expect(formatsOn(node)).toEqual([]);
  });
});
