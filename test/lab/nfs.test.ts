import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parseNodeId } from '../../driver/src/domain/node-id.ts';
import { eventually } from '../support/eventually.ts';
import type { NfsVolume, NfsVolumeOptions } from '../support/nfs-volume.ts';
import { LabFileSystem } from '../support/nfs-volume.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import { LabFileDataPlane } from './array/file-data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { FILE_SERVER_ADDRESSES } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 180_000;
const ARRAY = `nfs-${randomUUID().slice(0, 8)}`;
const [SERVER] = FILE_SERVER_ADDRESSES;
/** On the fabric of the server. */
const [N1, N2] = ['10.66.1.11', '10.66.1.12'];
/** The driver waits this long for a server to come back before it forces an unmount. */
const SILENCE_MS = 30_000;

describe('NFS on real kernels', () => {
  let lab: Lab;
  let plane: LabFileDataPlane;
  let plugins: Record<'n1' | 'n2', NodePlugin>;
  let n1: Guest;
  let n2: Guest;
  const fileSystems: LabFileSystem[] = [];
  const volumes: NfsVolume[] = [];

  beforeAll(async () => {
    lab = await sharedLab();
    [n1, n2] = [lab.guest('n1'), lab.guest('n2')];
    plane = new LabFileDataPlane(lab.guest('ar').agent);
    await plane.prepare({ name: ARRAY, dataAddress: SERVER });
    // Locks of NFS 3 need them; a distribution starts them with its package for NFS.
    for (const guest of [n1, n2]) {
      await guest.output(
        'pgrep -x rpcbind >/dev/null || rpcbind; pgrep -x rpc.statd >/dev/null || rpc.statd --no-notify',
      );
    }
    plugins = { n1: await NodePlugin.start(lab), n2: await NodePlugin.start(lab, { worker: 'n2' }) };
  }, 30 * 60_000);

  afterAll(async () => {
    await Promise.all(Object.values(plugins).map(plugin => plugin.close()));
  });

  afterEach(async () => {
    await lab.restorePath('n1', 'A');
    for (const volume of volumes.splice(0)) {
      await volume.unpublish();
      await volume.unstage();
    }
    const left = await Promise.all([n1, n2].map(leftovers));
    const ids = fileSystems.map(({ id }) => id);
    for (const fileSystem of fileSystems.splice(0)) await fileSystem.remove();
    expect(left).toEqual(['', '']);
    const inventory = await plane.inventory();
    expect(inventory.fileSystems.filter(id => ids.includes(id))).toEqual([]);
    expect(inventory.exports.filter(({ array }) => array === ARRAY)).toEqual([]);
  }, LIMIT_MS);

  /** NFS mounts, and files and folders of the plugin's kubelet below the paths that it was given. */
  const leftovers = (guest: Guest): Promise<string> =>
    guest.output(
      `grep -E ' - nfs4? ' /proc/self/mountinfo; find ${plugins.n1.kubeletDir}/pods -name mount 2>/dev/null; true`,
    );

  async function create(sizeBytes: number, ...clients: readonly string[]): Promise<LabFileSystem> {
    const fileSystem = new LabFileSystem(plane, ARRAY, SERVER, sizeBytes);
    fileSystems.push(fileSystem);
    return fileSystem.create(...clients);
  }

  function on(node: 'n1' | 'n2', fileSystem: LabFileSystem, options?: NfsVolumeOptions): NfsVolume {
    const volume = fileSystem.on(plugins[node], options);
    volumes.push(volume);
    return volume;
  }

  const mounted = async (guest: Guest, volume: NfsVolume): Promise<string> =>
    (await guest.output(`findmnt -n -o FSTYPE,OPTIONS --mountpoint ${volume.stagingPath}`)).trim();

  /** The server's kernel does without NFS 4 while `work` runs. */
  async function withoutVersion4(work: () => Promise<void>): Promise<void> {
    const enter = await plane.enter(ARRAY);
    const restart = (flags: string): Promise<string> =>
      lab.guest('ar').output(`${enter} bash -c 'rpc.nfsd 0 && rpc.nfsd ${flags} 4'`);
    await restart('-N 4');
    try {
      await work();
    } finally {
      await restart('-V 4.1');
    }
  }

  /**
   * A program writes through its memory while the server is away, and is killed, as the kubelet does it: pages that no
   * server has. (One with a file open for writing would not end before the server is back.)
   */
  async function leavePages(volume: NfsVolume, name: string): Promise<void> {
    const file = `${volume.targetPath}/${name}`;
    const commands = `echo mmap -rw 0 4096; echo mread 0 4096; echo close; read -r <>/tmp/go; echo mwrite -S 0x61 0 4096; exec sleep 60`;
    await n1.output(`head -c 4096 /dev/zero >${file}; rm -f /tmp/go; mkfifo /tmp/go`);
    await n1.output(`setsid bash -c '(${commands}) | xfs_io ${file}' </dev/null >/dev/null 2>&1 &`);
    // It has read its page: the file is mapped, and closed again.
    const isMapped = `p=$(pgrep -x xfs_io) && grep -q ${name} /proc/$p/maps && ! ls -l /proc/$p/fd | grep -q ${name}`;
    await n1.output(`for try in $(seq 300); do ${isMapped} && exit 0; sleep 0.1; done; exit 1`);
    await lab.cutPath('n1', 'A');
    await n1.output('echo >/tmp/go; sleep 3; pkill -9 -x xfs_io; pkill -x sleep; true');
  }

  it(
    'tells the addresses from which the node mounts',
    async () => {
      const { nodeId } = await plugins.n1.node.nodeGetInfo({});
      expect(parseNodeId(nodeId).addresses).toEqual([N1, '10.66.2.11', '10.66.3.11']);
    },
    LIMIT_MS,
  );

  it.each([
    ['4.1', 'nfs4', {}],
    ['3', 'nfs', { mountFlags: ['nfsvers=3', 'noatime'] }],
  ] as const)(
    'mounts with NFS %s on two nodes at once, both write and read, and locks hold between them',
    async (version, fsType, options) => {
      const fileSystem = await create(64 * MIB, N1, N2);
      const [one, two] = [on('n1', fileSystem, options), on('n2', fileSystem, options)];
      for (const volume of [one, two]) {
        await volume.stage();
        await volume.stage();
        await volume.publish();
        await volume.publish();
      }
      expect(await mounted(n1, one)).toMatch(new RegExp(`^${fsType} .*vers=${version},.*hard`, 'u'));
      await n1.output(`echo one >${one.targetPath}/one`);
      await n2.output(`echo two >${two.targetPath}/two`);
      expect(await n1.output(`cat ${one.targetPath}/two`)).toBe('two\n');
      expect(await n2.output(`cat ${two.targetPath}/one`)).toBe('one\n');
      // Held for a while on one node: the other sees that it is taken.
      const hold = `setsid flock ${one.targetPath}/lock sh -c 'touch /run/lock-is-held; exec sleep 120'`;
      await n1.output(`rm -f /run/lock-is-held; ${hold} </dev/null >/dev/null 2>&1 &`);
      try {
        await n1.output('until [ -e /run/lock-is-held ]; do sleep 0.1; done', { timeoutMs: 60_000 });
        expect((await n2.run(`flock --nonblock ${two.targetPath}/lock true`, { timeoutMs: 60_000 })).code).toBe(1);
      } finally {
        await n1.output('pkill -x sleep; true');
      }
    },
    LIMIT_MS,
  );

  it(
    'shows a full file system as full, and its growth at once',
    async () => {
      const volume = on('n1', await create(32 * MIB, N1));
      await volume.stage();
      await volume.publish();
      const fill = (mib: number) => n1.run(`dd if=/dev/zero of=${volume.targetPath}/big bs=1M count=${mib} conv=fsync`);
      expect((await fill(40)).stderr).toContain('No space left on device');
      expect(Number((await volume.stats())[0]?.total)).toBe(32 * MIB);
      await fileSystems[0]?.resize(96 * MIB);
      expect(await volume.expand(96 * MIB)).toBe(96 * MIB);
      expect((await fill(60)).code).toBe(0);
      const [bytes, inodes] = await volume.stats();
      expect([Number(bytes?.total), Number(bytes?.used) >= 60 * MIB, Number(inodes?.total) > 0]).toEqual([
        96 * MIB,
        true,
        true,
      ]);
    },
    LIMIT_MS,
  );

  it(
    'lets in only nodes that the rules name, and shuts one out within five seconds of its rule’s end',
    async () => {
      const fileSystem = await create(32 * MIB, N1);
      const [one, two] = [on('n1', fileSystem), on('n2', fileSystem)];
      await one.stage();
      await one.publish();
      await expect(two.stage()).rejects.toThrow(/export rules of the file system have to name an address of this node/);
      await fileSystem.allow(N1, N2);
      await two.stage();
      await two.publish();
      await n2.output(`echo two >${two.targetPath}/file`);

      await fileSystem.allow(N1);
      await eventually('n2 has no access', 5_000, async () => {
        const write = await n2.run(`echo late >${two.targetPath}/late`);
        const read = await n2.run(`ls ${two.targetPath}`);
        return write.code !== 0 && read.code !== 0;
      });
      expect(await n1.output(`ls ${one.targetPath}`)).toBe('file\n');
      await two.unpublish();
      await two.unstage();
      await expect(two.stage()).rejects.toThrow(/export rules/);
    },
    LIMIT_MS,
  );

  it(
    'publishes read-only what others write',
    async () => {
      const volume = on('n1', await create(32 * MIB, N1));
      await volume.stage();
      await volume.publish(true);
      expect((await n1.run(`touch ${volume.targetPath}/file`)).stderr).toContain('Read-only file system');
      await n1.output(`echo kept >${volume.stagingPath}/file`);
      expect(await n1.output(`cat ${volume.targetPath}/file`)).toBe('kept\n');
    },
    LIMIT_MS,
  );

  it(
    'falls back to NFS 3 where the server speaks no 4.1, says so, and never where 4.1 was chosen',
    async () => {
      const fileSystem = await create(32 * MIB, N1);
      await withoutVersion4(async () => {
        const chosen = fileSystem.on(plugins.n1, { mountFlags: ['nfsvers=4.1'] });
        await expect(chosen.stage()).rejects.toThrow(/NFS 4.1 mount of .*Enable that version for the file system/);
        const volume = on('n1', fileSystem);
        await volume.stage();
        expect(await mounted(n1, volume)).toMatch(/^nfs .*vers=3/u);
        expect(await plugins.n1.log()).toContain(`${SERVER} does not speak NFS 4.1; an older version is used.`);
        await volume.unstage();
      });
      const volume = on('n1', fileSystem);
      await volume.stage();
      expect(await mounted(n1, volume)).toMatch(/^nfs4 /u);
    },
    LIMIT_MS,
  );

  it(
    'unmounts from a dead server within two minutes, answers others meanwhile, and leaves nothing',
    async () => {
      const volume = on('n1', await create(64 * MIB, N1));
      await volume.stage();
      await volume.publish();
      await n1.output(`echo safe >${volume.targetPath}/safe && sync -f ${volume.targetPath}`);
      await leavePages(volume, 'unsafe');
      await expect(volume.stats()).rejects.toThrow(/NFS server of .* does not answer/);

      const unpublishMs = await volume.unpublish();
      expect(unpublishMs).toBeLessThan(5_000);
      const unstaged = volume.unstage();
      const { nodeId } = await plugins.n1.node.nodeGetInfo({});
      expect(parseNodeId(nodeId).name).toBe('n1');
      const unstageMs = await unstaged;
      expect(unstageMs).toBeLessThan(120_000);
      expect(unstageMs).toBeGreaterThan(SILENCE_MS);
      expect(await leftovers(n1)).toBe('');
      process.stderr.write(`dead server: unpublish ${unpublishMs} ms, unstage ${unstageMs} ms\n`);

      await lab.restorePath('n1', 'A');
      await volume.stage();
      await volume.publish();
      expect(await n1.output(`cat ${volume.targetPath}/safe`)).toBe('safe\n');
    },
    LIMIT_MS * 2,
  );

  it(
    'waits out a server that comes back, and loses nothing',
    async () => {
      const volume = on('n1', await create(64 * MIB, N1));
      await volume.stage();
      await volume.publish();
      await leavePages(volume, 'late');
      await volume.unpublish();
      const unstaged = volume.unstage();
      await new Promise(resolve => setTimeout(resolve, 8_000));
      await lab.restorePath('n1', 'A');
      await unstaged;
      await volume.stage();
      await volume.publish();
      expect(await n1.output(`head -c 4 ${volume.targetPath}/late`)).toBe('aaaa');
    },
    LIMIT_MS,
  );
});
