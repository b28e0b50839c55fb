import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import type { Use } from '../support/node-volume.ts';
import { NodeVolume } from '../support/node-volume.ts';
import { LabDataPlane } from './array/data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { ARRAY_FC_PORTS, FABRICS, fcPortName } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 180_000;
const ARRAY_ID = randomBytes(8).toString('hex');
const ARRAY_IQN = `iqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;
const SETTINGS = { sanType: 'fc' };
const WORKERS = ['n1', 'n2'];
const DIRECT = 'bs=4096 oflag=direct conv=notrunc status=none';

describe('the node plugin over Fibre Channel on a real kernel', () => {
  let lab: Lab;
  let plane: LabDataPlane;
  let plugin: NodePlugin;
  let n1: Guest;
  let ar: Guest;
  const made: NodeVolume[] = [];
  let count = 0;

  beforeAll(async () => {
    lab = await sharedLab();
    n1 = lab.guest('n1');
    ar = lab.guest('ar');
    plane = new LabDataPlane(ar.agent);
    const array = {
      name: 'fc',
      iqn: ARRAY_IQN,
      portals: [],
      nqn: '',
      nvmeTcpPortals: [],
      nvmeRocePortals: [],
      wwns: ARRAY_FC_PORTS,
    };
    await plane.prepare(array);
    await Promise.all(WORKERS.map(worker => fcoe(worker, 'up')));
    for (const worker of WORKERS)
      await eventually(`${worker} sees the array`, 60_000, async () => (await targets(worker)) === 2, 200);
    plugin = await NodePlugin.start(lab, { settings: SETTINGS });
  }, 30 * 60_000);

  // Other tests' nodes have no Fibre Channel.
  afterAll(async () => {
    await plugin.close();
    await Promise.all(['ar', ...WORKERS].map(guest => fcoe(guest, 'remove')));
  }, LIMIT_MS);

  afterEach(async () => {
    await fcoe('n1', 'up');
    for (const volume of made) {
      await volume.unpublish();
      await eventually(`${volume.wwid} is unstaged`, 60_000, () => volume.unstage().then(() => true));
    }
    const left = await leftovers(n1);
    for (const volume of made.splice(0)) await volume.remove();
    expect(left).toBe('');
    await eventually('n1 sees the array', 60_000, async () => (await targets('n1')) === 2, 200);
  }, LIMIT_MS);

  async function create(use: Use, lun = count + 1): Promise<NodeVolume> {
    count += 1;
    const serial = `${ARRAY_ID}${count.toString(16).padStart(8, '0')}`.toUpperCase();
    const options = { arrayIqn: ARRAY_IQN, serial, lun, sizeBytes: 320 * MIB, use, isFc: true };
    const volume = new NodeVolume(plugin, plane, options);
    made.push(volume);
    return volume.create();
  }

  const fcoe = (guest: string, what: string): Promise<string> =>
    lab.guest(guest).output(`bash /lab/guest/fcoe.sh ${what}`);

  /** Ports of arrays that a worker may reach LUNs through. */
  const targets = async (worker: string): Promise<number> =>
    Number(
      await lab
        .guest(worker)
        .output(
          `cd /sys/class/fc_remote_ports && grep -l 'FCP Target' */roles | xargs -rn1 dirname | while read -r port; do grep -l '^Online$' $port/port_state; done | wc -l`,
        ),
    );

  /** Devices, maps, mounts and files that belong to this test's array or plugin. */
  const leftovers = (guest: Guest): Promise<string> =>
    guest.output(
      `cd /sys; grep -ls '${ARRAY_ID}' block/sd*/device/wwid block/dm-*/dm/uuid; grep ' ${plugin.kubeletDir}' /proc/self/mountinfo; ` +
        `[ ! -d ${plugin.kubeletDir} ] || find ${plugin.kubeletDir} -type f; true`,
    );

  const activePaths = async (volume: NodeVolume): Promise<number> =>
    Number(await n1.output(`multipath -ll ${volume.wwid} | grep -c 'active ready' || true`));

  /** As the kernel does by itself when a link comes back: every LUN that the array shows to the node. */
  const rescanAll = (): Promise<string> =>
    n1.output(`for host in /sys/class/fc_host/*; do echo '- - -' >/sys/class/scsi_host/\${host##*/}/scan; done`);

  const broughtIn = async (volume: NodeVolume): Promise<void> => {
    await rescanAll();
    await eventually(`the kernel has ${volume.wwid}`, 30_000, () => hasMap(volume), 200);
  };

  /** By number: udev's names come later. */
  const mapOf = async (volume: NodeVolume): Promise<string> => {
    const file = await n1.output(`grep -l '${volume.wwid}' /sys/block/dm-*/dm/uuid`);
    return `/dev/${file.split('/')[3] ?? ''}`;
  };

  const writeOld = async (volume: NodeVolume): Promise<string> =>
    n1.output(`printf '%-4096s' old | dd of=${await mapOf(volume)} ${DIRECT}`);

  /** LUN numbers of the paths in its map. */
  const lunsOf = async (volume: NodeVolume): Promise<readonly string[]> => {
    const slaves = (await mapOf(volume)).replace('/dev/', '/sys/block/') + '/slaves';
    const places = await n1.output(`for disk in ${slaves}/*; do readlink -f $disk/device; done`);
    return Array.from(places.matchAll(/:(\d+)$/gmu), ([, lun]) => lun ?? '');
  };

  const hasMap = async (volume: NodeVolume): Promise<boolean> =>
    (await n1.output(`grep -l '${volume.wwid}' /sys/block/dm-*/dm/uuid || true`)) !== '';

  it(
    'stages, publishes, expands and gives back a volume',
    async () => {
      const volume = await create('ext4');
      await volume.staged();
      await volume.staged();
      await volume.publish();
      await volume.publish();
      await eventually('both paths are active', 30_000, async () => (await activePaths(volume)) === 2, 200);
      await n1.output(`echo kept >${volume.targetPath}/file && sync -f ${volume.targetPath}`);
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
    'moves a raw volume to the second node with what was written, and leaves nothing on the first',
    async () => {
      const plugin2 = await NodePlugin.start(lab, { worker: 'n2', settings: SETTINGS });
      const n2 = lab.guest('n2');
      const first = await create('block');
      await first.staged();
      await first.publish();
      await n1.output(`printf '%-4096s' raw | dd of=${first.targetPath} ${DIRECT}`);
      await first.unpublish();
      await first.unstage();
      await first.disconnect();
      expect(await leftovers(n1)).toBe('');

      const second = first.on(plugin2);
      await second.connect();
      try {
        await second.staged(false);
        await second.publish();
        expect(await n2.output(`head -c 3 ${second.targetPath}`)).toBe('raw');
        await second.unpublish();
      } finally {
        await second.unstage();
        await second.disconnect();
        await plugin2.close();
      }
      expect(await leftovers(n2)).toBe('');
    },
    LIMIT_MS,
  );

  it(
    'clears what the kernel brought in by itself at a LUN number that is another volume now, and never formats that',
    async () => {
      const old = await create('block', 200);
      await broughtIn(old);
      await writeOld(old);
      await old.disconnect();
      const next = await create('ext4', 200);
      await next.staged();
      expect(await n1.output(`ls ${next.stagingPath}`)).toBe('lost+found\n');
      expect(await hasMap(old)).toBe(false);
      expect(await ar.output(`tr -d '\\0 ' <${fileOf(old)}`)).toBe('old');
    },
    LIMIT_MS,
  );

  it(
    'takes out of a map what stands at an old LUN number, which another volume has now',
    async () => {
      const before = await create('block', 210);
      await broughtIn(before);
      await before.disconnect();
      const other = await create('block', 210);
      const moved = new NodeVolume(plugin, plane, { ...before.options, lun: 211 });
      made.push(moved);
      await moved.connect();
      await moved.staged(false);
      await eventually('both paths are in its map', 30_000, async () => (await lunsOf(moved)).length === 2, 200);
      expect(await lunsOf(moved)).toEqual(['211', '211']);
      await n1.output(`head -c 1M /dev/urandom | dd of=${await mapOf(moved)} ${DIRECT} iflag=fullblock`);
      expect(await ar.output(`tr -d '\\0' <${fileOf(other)} | wc -c`)).toBe('0\n');
      expect(Number(await ar.output(`tr -d '\\0' <${fileOf(moved)} | wc -c`))).toBeGreaterThan(MIB / 2);
    },
    LIMIT_MS,
  );

  it(
    'refuses a LUN number whose old volume is still staged, in words, and writes to neither',
    async () => {
      const old = await create('block', 220);
      await old.staged();
      await writeOld(old);
      await old.disconnect();
      const next = await create('ext4', 220);
      await expect(next.stage()).rejects.toThrow(/in use by mpath-/);
      expect(await hasMap(old)).toBe(true);
      await next.unstage();
      expect(await ar.output(`tr -d '\\0' <${fileOf(next)} | wc -c`)).toBe('0\n');
      expect(await ar.output(`tr -d '\\0 ' <${fileOf(old)}`)).toBe('old');
    },
    LIMIT_MS,
  );

  it('is known to Kubernetes by its ports, and to an array that may be told everything twice', async () => {
    const { nodeId } = await plugin.node.nodeGetInfo({});
    expect(nodeId).toContain(`,wwpn=${FABRICS.map(fabric => fcPortName('n1', fabric).toLowerCase()).join('+')}`);
    const volume = await create('block');
    for (let time = 0; time < 2; time += 1) await volume.connect();
    const mapped = async () => (await plane.inventory()).luns.filter(({ serial }) => serial.startsWith(ARRAY_ID));
    expect(await mapped()).toHaveLength(4);
    for (let time = 0; time < 2; time += 1) await volume.disconnect();
    expect(await mapped()).toEqual([]);
  });

  it(
    'goes on when a port loses its link, mounts with one path, and formats with all paths only',
    async () => {
      const [used, blank] = [await create('ext4'), await create('ext4')];
      await used.staged();
      await eventually('both paths are active', 30_000, async () => (await activePaths(used)) === 2, 200);
      await fcoe('n1', 'down B');
      const started = performance.now();
      const write = `dd if=/dev/zero of=${used.stagingPath}/file bs=64k count=64 oflag=dsync status=none`;
      await n1.output(`${write} && sync -f ${used.stagingPath}`, { timeoutMs: 120_000 });
      process.stderr.write(`FC, written after port B lost its link: ${Math.round(performance.now() - started)} ms\n`);
      await eventually('the port is away', 60_000, async () => (await targets('n1')) === 1, 200);
      await used.unstage();
      await used.staged(false);
      expect(await n1.output(`stat -c %s ${used.stagingPath}/file`)).toBe(`${4 * MIB}\n`);
      await expect(blank.stage()).rejects.toThrow(/1 of 2 paths are up, and a new file system needs all/);

      await fcoe('n1', 'up B');
      await eventually('it is formatted', 90_000, () => blank.stage().then(() => true), 500);
      await eventually('the path is back', 60_000, async () => (await activePaths(used)) === 2, 500);
    },
    LIMIT_MS,
  );
});

/** The volume's bytes on the array guest. */
const fileOf = ({ options }: NodeVolume): string => `/pool/${options.serial.toLowerCase()}`;
