import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import type { Use } from '../support/node-volume.ts';
import { NodeVolume } from '../support/node-volume.ts';
import { LabDataPlane } from './array/data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { ARRAY_PORTALS, initiatorName } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LOOPS = Number(process.env.LOOPS ?? '5');
const LIMIT_MS = 180_000;
const ARRAY_ID = randomBytes(8).toString('hex');
const ARRAY_IQN = `iqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;
const PEER_IQN = `${ARRAY_IQN}.peer`;
const NO_FC = { arrayWwns: [], wwns: [] };

describe('the node plugin on a real kernel', () => {
  let lab: Lab;
  let plane: LabDataPlane;
  let plugin: NodePlugin;
  let n1: Guest;
  const made: NodeVolume[] = [];
  let count = 0;

  beforeAll(async () => {
    lab = await sharedLab();
    n1 = lab.guest('n1');
    plane = new LabDataPlane(lab.guest('ar').agent);
    for (const iqn of [ARRAY_IQN, PEER_IQN])
      await plane.prepare({
        name: 'node-plugin',
        iqn,
        portals: [...ARRAY_PORTALS],
        nqn: '',
        nvmeTcpPortals: [],
        nvmeRocePortals: [],
        wwns: [],
      });
    plugin = await NodePlugin.start(lab);
  }, 30 * 60_000);

  afterAll(async () => {
    await plugin.close();
  });

  afterEach(async () => {
    for (const fabric of ['A', 'B'] as const) await lab.restorePath('n1', fabric);
    for (const volume of made) {
      await volume.unpublish();
      await eventually(`${volume.wwid} is unstaged`, 60_000, () => volume.unstage().then(() => true));
    }
    const left = await leftovers();
    for (const volume of made.splice(0)) await volume.remove();
    expect(left).toBe('');
  }, LIMIT_MS);

  async function create(use: Use, lun = count + 1, peerLun: number | null = null): Promise<NodeVolume> {
    count += 1;
    const serial = `${ARRAY_ID}${count.toString(16).padStart(8, '0')}`.toUpperCase();
    const peer = peerLun === null ? {} : { peer: { arrayIqn: PEER_IQN, lun: peerLun } };
    const options = { arrayIqn: ARRAY_IQN, serial, lun, sizeBytes: 320 * MIB, use, ...peer };
    const volume = new NodeVolume(plugin, plane, options);
    made.push(volume);
    return volume.create();
  }

  /** Devices, maps, sessions, mounts and files that belong to this test's array or plugin. */
  const leftovers = (): Promise<string> =>
    n1.output(
      `cd /sys; grep -ls '${ARRAY_ID}' block/sd*/device/wwid block/dm-*/dm/uuid class/iscsi_session/*/targetname; ` +
        `iscsiadm -m node 2>/dev/null | grep '${ARRAY_ID}'; grep ' ${plugin.kubeletDir}' /proc/self/mountinfo; ` +
        `find ${plugin.kubeletDir} -type f; true`,
    );

  const pathsOf = (volume: NodeVolume): Promise<string> =>
    n1.output(`multipath -ll ${volume.wwid} | grep -c 'active ready' || true`);

  it.each(['ext4', 'xfs'] as const)(
    'stages, publishes, expands and gives back %s',
    async use => {
      const volume = await create(use);
      await volume.staged();
      await volume.staged();
      await volume.publish();
      await volume.publish();
      await n1.output(`echo kept >${volume.targetPath}/file && sync -f ${volume.targetPath}`);
      const [bytes] = await volume.stats();
      expect(Number(bytes?.total)).toBeGreaterThan(200 * MIB);

      await volume.resize(640 * MIB);
      expect(await volume.expand(640 * MIB)).toBe(640 * MIB);
      expect(Number((await volume.stats())[0]?.total)).toBeGreaterThan(500 * MIB);

      await volume.unpublish();
      await volume.unstage();
      expect(await leftovers()).toBe('');

      await volume.staged(false);
      await volume.publish(true);
      expect(await n1.output(`cat ${volume.targetPath}/file`)).toBe('kept\n');
      expect((await n1.run(`touch ${volume.targetPath}/other`)).stderr).toContain('Read-only file system');
    },
    LIMIT_MS,
  );

  it(
    'publishes a raw volume and expands it',
    async () => {
      const volume = await create('block');
      await volume.staged();
      await volume.publish();
      await n1.output(
        `printf '%-4096s' raw | dd of=${volume.targetPath} bs=4096 oflag=direct conv=notrunc status=none`,
      );
      await volume.resize(640 * MIB);
      expect(await volume.expand(640 * MIB)).toBe(640 * MIB);
      expect(Number(await n1.output(`blockdev --getsize64 ${volume.targetPath}`))).toBe(640 * MIB);
      expect((await volume.stats()).map(({ total }) => Number(total))).toEqual([640 * MIB]);
      await volume.unpublish();
      await volume.unstage();
      expect(await lab.guest('ar').output(`head -c 3 /pool/${volume.options.serial.toLowerCase()}`)).toBe('raw');
    },
    LIMIT_MS,
  );

  it(
    'clears what a crash left at a LUN number that is another volume now, and never formats that',
    async () => {
      const old = await create('ext4', 200);
      await old.staged();
      await n1.output(`echo old >${old.stagingPath}/file; umount ${old.stagingPath}`);
      // multipathd refuses for a moment while the last path of a fresh map still joins.
      await n1.output(`for try in $(seq 40); do multipathd del map ${old.wwid} && exit 0; sleep 0.5; done; exit 1`);
      await old.disconnect();
      const next = await create('ext4', 200);
      await next.staged();
      expect(await n1.output(`ls ${next.stagingPath}`)).toBe('lost+found\n');
      await n1.output(`echo next >${next.stagingPath}/file`);
      await next.unstage();
      await next.disconnect();
      await old.connect();
      await old.staged(false);
      expect(await n1.output(`cat ${old.stagingPath}/file`)).toBe('old\n');
    },
    LIMIT_MS,
  );

  it(
    'refuses a LUN number whose old volume is still mounted, in words, and changes nothing',
    async () => {
      const old = await create('ext4', 201);
      await old.staged();
      // Else ext4 itself would write something now and then, to what is another volume now.
      await n1.output(`fsfreeze -f ${old.stagingPath}`);
      try {
        await old.disconnect();
        const next = await create('ext4', 201);
        await expect(next.stage()).rejects.toThrow(/expected 3624a9370\w+; it is in use by/);
        const file = `/pool/${next.options.serial.toLowerCase()}`;
        expect(await lab.guest('ar').output(`tr -d '\\0' <${file} | wc -c`)).toBe('0\n');
      } finally {
        await n1.output(`fsfreeze -u ${old.stagingPath}`);
      }
    },
    LIMIT_MS,
  );

  it(
    'formats nothing that holds data or was not created blank',
    async () => {
      const volume = await create('xfs');
      await expect(volume.stage(false)).rejects.toThrow(/was not created empty/);
      await volume.unstage();
      const file = `/pool/${volume.options.serial.toLowerCase()}`;
      await volume.disconnect();
      await lab.guest('ar').output(`printf x | dd of=${file} bs=1 seek=4096 conv=notrunc status=none; sync`);
      await volume.connect();
      await expect(volume.stage()).rejects.toThrow(/holds data at byte 4096/);
      expect(await lab.guest('ar').output(`tr -d '\\0' <${file}`)).toBe('x');
    },
    LIMIT_MS,
  );

  it(
    'leaves another vendor’s LUN on the same portals alone',
    async () => {
      const decoy = { iqn: `iqn.2001-05.com.other:${ARRAY_ID}`, serial: randomBytes(12).toString('hex') };
      const initiators = [initiatorName('n1')];
      await plane.plantDecoy({ ...decoy, portals: [...ARRAY_PORTALS], initiators, sizeBytes: 64 * MIB });
      const file = `/pool/${decoy.serial}`;
      await lab.guest('ar').output(`head -c 64M /dev/urandom | dd of=${file} conv=notrunc status=none; sync`);
      const sum = await lab.guest('ar').output(`sha256sum ${file}`);
      for (const portal of ARRAY_PORTALS) {
        await n1.output(`iscsiadm -m node -T ${decoy.iqn} -p ${portal} -o new && iscsiadm -m node -T ${decoy.iqn} -p ${portal} -l`);
      } // prettier-ignore
      const sessions = `grep -l ${decoy.iqn} /sys/class/iscsi_session/*/targetname | wc -l`;
      const disks = `grep -l OTHER /sys/block/sd*/device/vendor | wc -l`;
      await eventually('the foreign disks are there', 20_000, async () => (await n1.output(disks)) === '2\n');
      const [one, two] = [await create('ext4', 1), await create('xfs')];
      await Promise.all([one.stage(), two.stage()]);
      await Promise.all([one.unstage(), two.unstage()]);
      expect(await n1.output(`${sessions}; ${disks}`)).toBe('2\n2\n');
      expect(await lab.guest('ar').output(`sha256sum ${file}`)).toBe(sum);

      await n1.output(
        `for m in $(multipath -ll | awk '/OTHER/ { print $1 }'); do multipathd del map $m; done; ` +
          `iscsiadm -m node -T ${decoy.iqn} -u >/dev/null; iscsiadm -m node -T ${decoy.iqn} -o delete`,
      );
      const { iqn: arrayIqn, serial } = decoy;
      await plane.disconnected({ ...NO_FC, transport: 'scsi', arrayIqn, serial, initiators, lun: 1, chap: null });
      await plane.volumeEradicated(decoy.serial);
    },
    LIMIT_MS,
  );

  it(
    'goes on while a path is cut, mounts with one path, and formats with all paths only',
    async () => {
      const [used, blank] = [await create('ext4'), await create('ext4')];
      await used.staged();
      await eventually('both paths are up', 30_000, async () => (await pathsOf(used)) === '2\n');
      await lab.cutPath('n1', 'B');
      const dd = `dd if=/dev/zero of=${used.stagingPath}/file bs=64k count=64 oflag=dsync status=none`;
      await n1.output(`${dd} && echo written >${used.stagingPath}/note && sync -f ${used.stagingPath}`);
      await used.unstage();
      await used.staged(false);
      expect(await n1.output(`cat ${used.stagingPath}/note`)).toBe('written\n');
      await expect(blank.stage()).rejects.toThrow(/1 of 2 paths are up, and a new file system needs all/);

      await lab.restorePath('n1', 'B');
      await eventually('it is formatted', 90_000, () => blank.stage().then(() => true), 1000);
    },
    LIMIT_MS,
  );

  it(
    'makes one device of the paths to two arrays, and goes on without either',
    async () => {
      const volume = await create('ext4', 30, 31);
      await volume.staged();
      await eventually('all paths are up', 30_000, async () => (await pathsOf(volume)) === '4\n');
      await n1.output(`echo kept >${volume.stagingPath}/file && sync -f ${volume.stagingPath}`);
      for (const iqn of [ARRAY_IQN, PEER_IQN]) {
        await n1.output(`iscsiadm -m node -T ${iqn} -u`);
        await n1.output(`echo ${iqn} >>${volume.stagingPath}/file && sync -f ${volume.stagingPath}`);
        await volume.unstage();
        await volume.staged(false);
      }
      expect(await n1.output(`cat ${volume.stagingPath}/file`)).toBe(`kept\n${ARRAY_IQN}\n${PEER_IQN}\n`);
      await volume.unstage();
      expect(await leftovers()).toBe('');
    },
    LIMIT_MS,
  );

  it(
    'answers an unstage without any path, and is done once they are back',
    async () => {
      const volume = await create('ext4');
      await volume.staged();
      await n1.output(`echo safe >${volume.stagingPath}/file && sync -f ${volume.stagingPath}`);
      for (const fabric of ['A', 'B'] as const) await lab.cutPath('n1', fabric);
      const outcome = await volume.unstage().then(
        ms => `done after ${ms} ms`,
        (error: unknown) => String(error),
      );
      process.stderr.write(`unstage without paths: ${outcome}\n`);
      for (const fabric of ['A', 'B'] as const) await lab.restorePath('n1', fabric);
      await eventually('it is unstaged', 60_000, () => volume.unstage().then(() => true), 1000);
      expect(await leftovers()).toBe('');
      await eventually('it is staged again', 60_000, () => volume.stage(false).then(() => true), 1000);
      expect(await n1.output(`cat ${volume.stagingPath}/file`)).toBe('safe\n');
    },
    LIMIT_MS,
  );

  it.each([300, 1500, 3000])(
    'goes on after kill -9 in a stage, %i ms after its start',
    async delay => {
      const volume = await create('xfs');
      const staged = volume.stage().catch(() => undefined);
      await sleep(delay);
      await plugin.kill();
      await staged;
      await plugin.run();
      await eventually('it is staged', 60_000, () => volume.stage().then(() => true), 500);
      expect(await n1.output(`findmnt -n -o FSTYPE ${volume.stagingPath}`)).toBe('xfs\n');
    },
    LIMIT_MS,
  );

  it(
    `leaves nothing in ${LOOPS} rounds, and says what they took`,
    async () => {
      const [first, second] = [await create('ext4'), await create('xfs')];
      const times: Record<string, number[]> = {};
      const note = (what: string, ms: number) => void (times[what] ??= []).push(ms);
      for (let round = 0; round < LOOPS; round += 1) {
        note(round === 0 ? 'stage and format' : 'stage, first of the target', await first.stage());
        note(round === 0 ? 'stage and format' : 'stage, second', await second.stage());
        note('publish', await first.publish());
        await n1.output(`echo ${round} >>${first.targetPath}/rounds`);
        note('unpublish', await first.unpublish());
        note('unstage', await second.unstage());
        note('unstage, last of the target', await first.unstage());
        expect(await leftovers()).toBe('');
      }
      await sleep(2000);
      expect(await leftovers()).toBe('');
      for (const [what, all] of Object.entries(times)) {
        const sorted = all.sort((a, b) => a - b);
        process.stderr.write(`${what}: p50 ${sorted[sorted.length >> 1] ?? 0} ms, max ${sorted.at(-1) ?? 0} ms\n`);
      }
      const rss = await plugin.rssMb();
      process.stderr.write(`resident memory: ${rss.toFixed(0)} MB\n`);
    },
    LIMIT_MS + LOOPS * 30_000,
  );
});
