import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FileDataPlaneFileSystem, FileDataPlaneRule } from '../simulator/flashblade/data-plane.ts';
import { LabFileDataPlane } from './array/file-data-plane.ts';
import type { Guest } from './lab.ts';
import { FILE_SERVER_ADDRESSES } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 60_000;
const RUN = randomUUID().slice(0, 8);
const ARRAYS = [
  { name: `one-${RUN}`, dataAddress: FILE_SERVER_ADDRESSES[1] },
  { name: `two-${RUN}`, dataAddress: FILE_SERVER_ADDRESSES[2] },
] as const;
const N1 = '10.66.1.11';

const rule = (client: string, change: Partial<FileDataPlaneRule> = {}): FileDataPlaneRule => ({
  client,
  permission: 'rw',
  access: 'no-squash',
  versions: ['3', '4.1'],
  ...change,
});

describe('the files of a simulated FlashBlade', () => {
  let plane: LabFileDataPlane;
  let n1: Guest;
  const made: FileDataPlaneFileSystem[] = [];

  beforeAll(async () => {
    const lab = await sharedLab();
    n1 = lab.guest('n1');
    plane = new LabFileDataPlane(lab.guest('ar').agent);
    for (const array of ARRAYS) await plane.prepare(array);
  }, 30 * 60_000);

  afterAll(async () => {
    await n1.run(`umount -a -f -t nfs4; rmdir /mnt/${RUN}-*`);
    const { fileSystems } = await plane.inventory();
    for (const fileSystem of made.filter(({ id }) => fileSystems.includes(id))) {
      if (fileSystem.array !== ARRAYS[1].name) await plane.fileSystemDestroyed(fileSystem);
      await plane.fileSystemEradicated(fileSystem.id);
    }
  }, LIMIT_MS);

  function describeFileSystem(change: Partial<FileDataPlaneFileSystem> = {}): FileDataPlaneFileSystem {
    const id = randomUUID();
    const fileSystem = {
      array: ARRAYS[0].name,
      id,
      name: `fs-${id.slice(0, 8)}`,
      provisionedBytes: 64 * MIB,
      hardLimit: true,
      snapshotDirectory: false,
      ...change,
    };
    made.push(fileSystem);
    return fileSystem;
  }

  async function create(change: Partial<FileDataPlaneFileSystem> = {}, snapshotId?: string) {
    const fileSystem = describeFileSystem(change);
    const source = snapshotId === undefined ? null : { fileSystemId: made[0]?.id ?? '', snapshotId };
    await plane.fileSystemCreated(fileSystem, source);
    await plane.exportRulesChanged(fileSystem, [rule(N1)]);
    return fileSystem;
  }

  /** Mounts on n1; answers the folder. */
  async function mount({ array, name, id }: FileDataPlaneFileSystem): Promise<string> {
    const address = ARRAYS.find(one => one.name === array)?.dataAddress ?? '';
    const folder = `/mnt/${RUN}-${id.slice(0, 8)}`;
    await n1.output(`mkdir -p ${folder}; mount.nfs ${address}:/${name} ${folder} -o vers=4.1,retry=0,noac`);
    return folder;
  }

  it(
    'are the snapshot’s in a clone, and again in what is restored',
    async () => {
      const source = await create();
      const folder = await mount(source);
      const snapshot = { array: source.array, fileSystemId: source.id, id: randomUUID(), suffix: 'before' };
      await n1.output(
        `mkdir ${folder}/dir; echo before >${folder}/dir/file; chown -R 999:999 ${folder}/dir; sync -f ${folder}`,
      );
      await plane.snapshotTaken(snapshot);
      await n1.output(`echo after >${folder}/dir/file; echo new >${folder}/new; sync -f ${folder}`);

      const clone = await mount(await create({ provisionedBytes: 96 * MIB }, snapshot.id));
      expect(await n1.output(`cat ${clone}/dir/file; stat -c %u ${clone}/dir/file; ls ${clone}`)).toBe(
        'before\n999\ndir\n',
      );
      expect(await n1.output(`stat -f -c '%S %b' ${clone} | awk '{ print $1 * $2 }'`)).toBe(`${96 * MIB}\n`);
      await n1.output(`echo clone >${clone}/dir/file; sync -f ${clone}`);
      expect(await n1.output(`cat ${folder}/dir/file`)).toBe('after\n');

      await plane.fileSystemRestored(source, { fileSystemId: source.id, snapshotId: snapshot.id });
      expect(await n1.output(`ls ${folder}; cat ${folder}/dir/file`)).toBe('dir\nbefore\n');
      await plane.snapshotEradicated(snapshot.id);
      expect((await plane.inventory()).snapshots).not.toContain(snapshot.id);
    },
    LIMIT_MS,
  );

  it(
    'are apart on two arrays with file systems of one name',
    async () => {
      const [one, two] = [await create({ name: 'same' }), await create({ name: 'same', array: ARRAYS[1].name })];
      const [first, second] = [await mount(one), await mount(two)];
      await n1.output(`echo one >${first}/file`);
      expect(await n1.output(`ls ${second}`)).toBe('');
      await n1.output(`umount ${second}`);
      await plane.fileSystemDestroyed(two);
    },
    LIMIT_MS,
  );

  it(
    'follow the rules: read-only, squashed, a network, nobody',
    async () => {
      const fileSystem = await create();
      const folder = await mount(fileSystem);
      await n1.output(`chmod 777 ${folder}`);
      await plane.exportRulesChanged(fileSystem, [rule('10.66.1.0/24', { access: 'root-squash' })]);
      expect(await n1.output(`touch ${folder}/file; stat -c %u ${folder}/file`)).toBe('65534\n');
      await plane.exportRulesChanged(fileSystem, [rule('*', { permission: 'ro' })]);
      expect((await n1.run(`touch ${folder}/other`)).stderr).toContain('Read-only file system');
      await plane.exportRulesChanged(fileSystem, []);
      expect((await n1.run(`ls ${folder}`)).code).not.toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'may grow beyond a size without a hard limit',
    async () => {
      const fileSystem = await create({ provisionedBytes: 16 * MIB, hardLimit: false });
      const folder = await mount(fileSystem);
      expect(await n1.output(`stat -f -c '%S %b' ${folder} | awk '{ print $1 * $2 }'`)).toBe(`${16 * MIB}\n`);
      await n1.output(`dd if=/dev/zero of=${folder}/big bs=1M count=24 conv=fsync status=none`);
      await plane.fileSystemResized({ ...fileSystem, provisionedBytes: null });
      expect(Number(await n1.output(`stat -f -c '%S %b' ${folder} | awk '{ print $1 * $2 }'`))).toBeGreaterThan(
        1024 * MIB,
      );
    },
    LIMIT_MS,
  );

  it(
    'belong to the array that has the address, and that is not taken from one with exports',
    async () => {
      const address = ARRAYS[1].dataAddress;
      const old = await create({ array: ARRAYS[1].name });
      await expect(plane.prepare({ name: `three-${RUN}`, dataAddress: address })).rejects.toThrow(/which has exports/);
      await plane.prepare(ARRAYS[1]);
      expect((await plane.inventory()).exports.filter(({ array }) => array === ARRAYS[1].name)).toEqual([]);
      await plane.fileSystemEradicated(old.id);
      await plane.prepare({ name: `three-${RUN}`, dataAddress: address });
      const next = await create({ array: `three-${RUN}` });
      const folder = `/mnt/${RUN}-three`;
      await n1.output(`mkdir ${folder}; mount.nfs ${address}:/${next.name} ${folder} -o vers=4.1,retry=0`);
      await n1.output(`echo new >${folder}/file; umount ${folder}`);
    },
    LIMIT_MS,
  );

  it(
    'are kept while destroyed, and everything may be told twice',
    async () => {
      const fileSystem = await create();
      const folder = await mount(fileSystem);
      await n1.output(`echo kept >${folder}/file; sync -f ${folder}; umount ${folder}`);
      await plane.fileSystemDestroyed(fileSystem);
      await plane.fileSystemDestroyed(fileSystem);
      await expect(mount(fileSystem)).rejects.toThrow(/mount/);
      await plane.fileSystemRecovered();
      await plane.exportRulesChanged(fileSystem, [rule(N1)]);
      await plane.exportRulesChanged(fileSystem, [rule(N1)]);
      expect(await n1.output(`cat ${await mount(fileSystem)}/file`)).toBe('kept\n');
      await plane.fileSystemCreated(fileSystem, null);
      await plane.fileSystemDestroyed(fileSystem);
      await plane.fileSystemEradicated(fileSystem.id);
      await plane.fileSystemEradicated(fileSystem.id);
      expect((await plane.inventory()).fileSystems).not.toContain(fileSystem.id);
    },
    LIMIT_MS,
  );
});
