import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NvmeProtocol } from '../../driver/src/domain/array.ts';
import { eventually } from '../support/eventually.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import type { Use } from '../support/node-volume.ts';
import { NodeVolume } from '../support/node-volume.ts';
import { LabDataPlane } from './array/data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { ARRAY_NVME_PORTALS, ARRAY_PORTALS, hostNqn } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LOOPS = Number(process.env.LOOPS ?? '5');
const LIMIT_MS = 180_000;
const WORKERS = ['n1', 'n2'];
const ARRAY_ID = randomBytes(8).toString('hex');
const ARRAY_IQN = `iqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;
const ARRAY_NQN = `nqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;

describe('the node plugin over NVMe on a real kernel', () => {
  let lab: Lab;
  let plane: LabDataPlane;
  let plugin: NodePlugin;
  let plugin2: NodePlugin | null = null;
  let n1: Guest;
  const made: NodeVolume[] = [];
  let count = 0;

  beforeAll(async () => {
    lab = await sharedLab();
    n1 = lab.guest('n1');
    plane = new LabDataPlane(lab.guest('ar').agent);
    await plane.prepare({
      name: 'nvme',
      iqn: ARRAY_IQN,
      portals: [...ARRAY_PORTALS],
      nqn: ARRAY_NQN,
      nvmeTcpPortals: [...ARRAY_NVME_PORTALS],
      nvmeRocePortals: [...ARRAY_NVME_PORTALS],
      wwns: [],
    });
    for (const worker of WORKERS) await lab.guest(worker).output('bash /lab/guest/roce.sh up');
    plugin = await NodePlugin.start(lab, { settings: { sanType: 'nvme-tcp' } });
  }, 30 * 60_000);

  afterAll(async () => {
    await plugin.close();
    await plugin2?.close();
    for (const worker of WORKERS) await lab.guest(worker).output('bash /lab/guest/roce.sh down');
  });

  afterEach(async () => {
    for (const fabric of ['A', 'B'] as const) await lab.restorePath('n1', fabric);
    for (const volume of made) {
      await volume.unpublish();
      await eventually(`${volume.wwid} is unstaged`, 60_000, () => volume.unstage().then(() => true));
    }
    const left = await leftovers(n1);
    for (const volume of made.splice(0)) await volume.remove();
    expect(left).toBe('');
  }, LIMIT_MS);

  async function create(use: Use, nvme: NvmeProtocol = 'nvme-tcp'): Promise<NodeVolume> {
    count += 1;
    const serial = `${ARRAY_ID}${count.toString(16).padStart(8, '0')}`.toUpperCase();
    const options = { arrayIqn: ARRAY_IQN, nqn: ARRAY_NQN, nvme, serial, lun: count, sizeBytes: 320 * MIB, use };
    const volume = new NodeVolume(plugin, plane, options);
    made.push(volume);
    return volume.create();
  }

  /** Controllers, namespaces, mounts and files that belong to this test's array or plugin. */
  const leftovers = (guest: Guest): Promise<string> =>
    guest.output(
      `grep -ls '${ARRAY_ID}' /sys/class/nvme/*/subsysnqn; ls -d /sys/block/nvme* 2>/dev/null; ` +
        `grep ' ${plugin.kubeletDir}' /proc/self/mountinfo; ` +
        `[ ! -d ${plugin.kubeletDir} ] || find ${plugin.kubeletDir} -type f; true`,
    );

  /** How many controllers of the array are in a state. */
  const controllers = async (state: string): Promise<number> =>
    Number(
      await n1.output(
        `for c in $(grep -ls '${ARRAY_ID}' /sys/class/nvme/*/subsysnqn); do cat $(dirname $c)/state; done | grep -c '^${state}$' || true`,
      ),
    );

  /** By which the controllers of the array are connected. */
  const transports = async (): Promise<string> =>
    (
      await n1.output(
        `for c in $(grep -ls '${ARRAY_ID}' /sys/class/nvme/*/subsysnqn); do cat $(dirname $c)/transport; done | sort -u`,
      )
    ).trim();

  const fileOf = (volume: NodeVolume): string => `/pool/${volume.options.serial.toLowerCase()}`;

  it.each([
    ['ext4', 'nvme-tcp'],
    ['xfs', 'nvme-tcp'],
    ['ext4', 'nvme-roce'],
  ] as const)(
    'stages, publishes, expands and gives back %s by %s',
    async (use, nvme) => {
      const volume = await create(use, nvme);
      await volume.staged();
      await volume.staged();
      expect(await controllers('live')).toBe(2);
      expect(await transports()).toBe(nvme === 'nvme-tcp' ? 'tcp' : 'rdma');
      await volume.publish();
      await volume.publish();
      expect(await n1.output(`findmnt -n -o SOURCE ${volume.stagingPath}`)).toMatch(/^\/dev\/nvme\d+n\d+\n$/);
      await n1.output(`echo kept >${volume.targetPath}/file && sync -f ${volume.targetPath}`);
      expect(Number((await volume.stats())[0]?.total)).toBeGreaterThan(200 * MIB);

      await volume.resize(640 * MIB);
      expect(await volume.expand(640 * MIB)).toBe(640 * MIB);
      expect(Number((await volume.stats())[0]?.total)).toBeGreaterThan(500 * MIB);

      await volume.unpublish();
      await volume.unstage();
      expect(await leftovers(n1)).toBe('');

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
      expect(await lab.guest('ar').output(`head -c 3 ${fileOf(volume)}`)).toBe('raw');
    },
    LIMIT_MS,
  );

  it.each(['nvme-tcp', 'nvme-roce'] as const)(
    'moves a volume by %s to the second node with what was written, and leaves nothing on the first',
    async nvme => {
      plugin2 ??= await NodePlugin.start(lab, { worker: 'n2', settings: { sanType: 'nvme-tcp' } });
      const n2 = lab.guest('n2');
      const first = await create('ext4', nvme);
      await first.staged();
      await n1.output(`echo one >${first.stagingPath}/file`);
      await first.unstage();
      await first.disconnect();
      expect(await leftovers(n1)).toBe('');

      const second = first.on(plugin2);
      await second.connect();
      try {
        await second.staged(false);
        await n2.output(`grep -x one ${second.stagingPath}/file && echo two >>${second.stagingPath}/file`);
        await expect(first.stage(false)).rejects.toThrow(/could not be connected/);
      } finally {
        await second.unstage();
        await second.disconnect();
      }
      expect(await leftovers(n2)).toBe('');
      await first.unstage();
      await first.connect();
      // A portal that refused this host lately is tried beside the call.
      await eventually('it is back', 60_000, () => first.stage(false).then(() => true), 500);
      expect(await n1.output(`cat ${first.stagingPath}/file`)).toBe('one\ntwo\n');
    },
    LIMIT_MS,
  );

  it.each(['nvme-tcp', 'nvme-roce'] as const)(
    'goes on while a path by %s is cut, mounts with one path, and formats with all paths only',
    async nvme => {
      const [used, blank] = [await create('ext4', nvme), await create('ext4', nvme)];
      await used.staged();
      const dd = `dd if=/dev/zero of=${used.stagingPath}/file bs=64k count=64 oflag=dsync status=none`;
      const write = `${dd} && echo written >${used.stagingPath}/note && sync -f ${used.stagingPath}`;
      // One of them is the path that the kernel uses.
      for (const fabric of ['A', 'B'] as const) {
        await lab.restorePath('n1', fabric === 'A' ? 'B' : 'A');
        await eventually('both paths are live', 60_000, async () => (await controllers('live')) === 2, 500);
        await lab.cutPath('n1', fabric);
        const started = performance.now();
        await n1.output(write);
        process.stderr.write(
          `${nvme}, written after path ${fabric} was cut: ${Math.round(performance.now() - started)} ms\n`,
        );
      }
      await eventually('the controller is lost', 60_000, async () => (await controllers('live')) === 1, 500);
      await used.unstage();
      await used.staged(false);
      expect(await n1.output(`cat ${used.stagingPath}/note`)).toBe('written\n');
      await expect(blank.stage()).rejects.toThrow(/1 of 2 paths are up, and a new file system needs all/);

      await lab.restorePath('n1', 'B');
      await eventually('it is formatted', 90_000, () => blank.stage().then(() => true), 1000);
      expect(await controllers('live')).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'answers an unstage without any path, and is done once they are back',
    async () => {
      const volume = await create('ext4');
      await volume.staged();
      await n1.output(`echo safe >${volume.stagingPath}/file && sync -f ${volume.stagingPath}`);
      // A minute else.
      await n1.output(
        `for c in $(grep -ls '${ARRAY_ID}' /sys/class/nvme/*/subsysnqn); do echo 5 >$(dirname $c)/fast_io_fail_tmo; done`,
      );
      for (const fabric of ['A', 'B'] as const) await lab.cutPath('n1', fabric);
      const outcome = await volume.unstage().then(
        ms => `done after ${ms} ms`,
        (error: unknown) => String(error),
      );
      process.stderr.write(`NVMe, unstage without paths: ${outcome}\n`);
      for (const fabric of ['A', 'B'] as const) await lab.restorePath('n1', fabric);
      await eventually('it is unstaged', 60_000, () => volume.unstage().then(() => true), 1000);
      expect(await leftovers(n1)).toBe('');
      await eventually('it is staged again', 60_000, () => volume.stage(false).then(() => true), 1000);
      expect(await n1.output(`cat ${volume.stagingPath}/file`)).toBe('safe\n');
    },
    LIMIT_MS,
  );

  it(
    'formats nothing that holds data',
    async () => {
      const volume = await create('xfs');
      await expect(volume.stage(false)).rejects.toThrow(/was not created empty/);
      await volume.unstage();
      await volume.disconnect();
      await lab.guest('ar').output(`printf x | dd of=${fileOf(volume)} bs=1 seek=4096 conv=notrunc status=none; sync`);
      await volume.connect();
      await expect(volume.stage()).rejects.toThrow(/holds data at byte 4096/);
      expect(await lab.guest('ar').output(`tr -d '\\0' <${fileOf(volume)}`)).toBe('x');
    },
    LIMIT_MS,
  );

  it(
    'never takes a namespace for the volume whose number the array gave to another',
    async () => {
      const volume = await create('ext4');
      await volume.staged();
      await volume.unstage();
      await volume.disconnect();
      const next = new NodeVolume(plugin, plane, { ...volume.options, lun: volume.options.lun + 500 });
      await next.connect();
      await expect(volume.stage(false)).rejects.toThrow(/no namespace \d+ of subsystem .* has its NGUID, but number/);
      await volume.unstage();
      await next.disconnect();
      await volume.connect();
      await volume.staged(false);
      expect(await n1.output(`ls ${volume.stagingPath}`)).toBe('lost+found\n');
    },
    LIMIT_MS,
  );

  it.each([300, 1500])(
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
        note(round === 0 ? 'stage and format' : 'stage, first of the array', await first.stage());
        note(round === 0 ? 'stage and format' : 'stage, second', await second.stage());
        note('publish', await first.publish());
        await n1.output(`echo ${round} >>${first.targetPath}/rounds`);
        note('unpublish', await first.unpublish());
        note('unstage', await second.unstage());
        expect(await controllers('live')).toBe(2);
        note('unstage, last of the array', await first.unstage());
        expect(await leftovers(n1)).toBe('');
      }
      for (const [what, all] of Object.entries(times)) {
        const sorted = all.sort((a, b) => a - b);
        process.stderr.write(`NVMe ${what}: p50 ${sorted[sorted.length >> 1] ?? 0} ms, max ${sorted.at(-1) ?? 0} ms\n`);
      }
    },
    LIMIT_MS + LOOPS * 30_000,
  );

  it('has an array that may be told everything twice', async () => {
    const volume = await create('block');
    for (let time = 0; time < 2; time += 1) await volume.connect();
    const connections = async () =>
      (await plane.inventory()).namespaces.filter(({ serial }) => serial.startsWith(ARRAY_ID));
    expect(await connections()).toEqual([{ serial: volume.options.serial.toLowerCase(), host: hostNqn('n1') }]);
    for (let time = 0; time < 2; time += 1) await volume.disconnect();
    expect(await connections()).toEqual([]);
    expect(await lab.guest('ar').output('losetup -a')).not.toContain(volume.options.serial.toLowerCase());
  });

  it('has an array on which volumes grow while others come and go', async () => {
    const volumes = await Promise.all(Array.from({ length: 6 }, () => create('block')));
    for (const volume of volumes) await volume.disconnect();
    const rounds = volumes.map(async volume => {
      for (let round = 1; round <= 6; round += 1) {
        await volume.connect();
        await volume.resize(1024 * MIB + round * MIB);
        await volume.disconnect();
      }
    });
    await Promise.all(rounds);
    expect((await plane.inventory()).namespaces.filter(({ serial }) => serial.startsWith(ARRAY_ID))).toEqual([]);
  });

  it('is known to Kubernetes by its NVMe name', async () => {
    const { nodeId } = await plugin.node.nodeGetInfo({});
    expect(nodeId).toContain(`,nqn=${hostNqn('n1')}`);
  });
});
