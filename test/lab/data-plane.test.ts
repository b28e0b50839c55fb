import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LabDataPlane } from './array/data-plane.ts';
import type { DataPlaneScsiConnection } from '../simulator/flasharray/data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { ARRAY_PORTALS, initiatorName } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const GIB = 1024 ** 3;
const ARRAY_ID = randomBytes(8).toString('hex');
const ARRAY_IQN = `iqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;

describe('the data plane of a simulated array', () => {
  let lab: Lab;
  let plane: LabDataPlane;
  let n1: Guest;
  const made: string[] = [];

  beforeAll(async () => {
    lab = await sharedLab();
    n1 = lab.guest('n1');
    plane = new LabDataPlane(lab.guest('ar').agent);
    await plane.prepare({
      name: 'one',
      iqn: ARRAY_IQN,
      portals: [...ARRAY_PORTALS],
      nqn: '',
      nvmeTcpPortals: [],
      nvmeRocePortals: [],
      wwns: [],
    });
  }, 30 * 60_000);

  afterAll(async () => {
    await n1.run(`iscsiadm -m node -T ${ARRAY_IQN} -u; iscsiadm -m node -T ${ARRAY_IQN} -o delete`);
    for (const { serial, initiator, lun, target } of (await plane.inventory()).luns) {
      if (target === ARRAY_IQN) await plane.disconnected({ ...connection(serial, lun), initiators: [initiator] });
    }
    for (const serial of made) await plane.volumeEradicated(serial);
  });

  function volume(number: number, sizeBytes = GIB): Parameters<LabDataPlane['volumeCreated']>[0] {
    const serial = `${ARRAY_ID}${number.toString(16).padStart(8, '0')}`.toUpperCase();
    made.push(serial);
    return { arrayIqn: ARRAY_IQN, name: `volume-${number}`, serial, sizeBytes };
  }

  function connection(serial: string, lun: number): DataPlaneScsiConnection {
    return {
      transport: 'scsi',
      arrayIqn: ARRAY_IQN,
      serial,
      initiators: [initiatorName('n1')],
      arrayWwns: [],
      wwns: [],
      lun,
      chap: null,
    };
  }

  const wwidOf = (serial: string): string => `3624a9370${serial.toLowerCase()}`;

  async function login(): Promise<void> {
    await n1.output(`iscsiadm -m discovery -t sendtargets -p ${ARRAY_PORTALS[0]}`);
    await n1.output(`iscsiadm -m node -T ${ARRAY_IQN} -l || iscsiadm -m session`);
  }

  /** Scans until the map has both paths; returns the device. */
  async function mapOf(serial: string): Promise<string> {
    const wwid = wwidOf(serial);
    const twoPaths = `[ "$(multipath -ll ${wwid} | grep -c 'active ready')" = 2 ]`;
    const scan = 'iscsiadm -m session --rescan >/dev/null';
    await n1.output(`for i in $(seq 60); do ${scan}; sleep 0.2; ${twoPaths} && exit 0; done; multipath -ll; exit 1`);
    return `/dev/mapper/${wwid}`;
  }

  async function forget(serial: string): Promise<void> {
    const wwid = wwidOf(serial);
    // multipathd refuses while the last path of a fresh map still joins, and makes the map anew from a late event.
    const remove =
      `multipathd del map ${wwid} >/dev/null; ` +
      'for p in $paths; do [ ! -e /sys/block/$p/device/delete ] || echo 1 >/sys/block/$p/device/delete; done';
    await n1.output(
      `paths=$(multipath -ll ${wwid} | grep -oE 'sd[a-z]+'); ` +
        `for try in $(seq 40); do ${remove}; multipath -ll | grep -q ${wwid} || exit 0; sleep 0.5; done; exit 1`,
    );
  }

  it('shows a connected volume through both portals as one map with the right WWID, vendor and size', async () => {
    const one = volume(1);
    await plane.volumeCreated(one);
    await plane.connected(connection(one.serial, 3));
    await login();
    const device = await mapOf(one.serial);
    expect(Number(await n1.output(`blockdev --getsize64 ${device}`))).toBe(GIB);
    const shown = await n1.output(`multipath -ll ${wwidOf(one.serial)}`);
    expect(shown).toContain('PURE,FlashArray');
    expect(shown).toMatch(/\d+:0:0:3 +sd/u);
    const addresses = await n1.output("iscsiadm -m session | grep -oE '10.66.[0-9.]+:3260' | sort -u");
    expect(addresses.trim().split('\n')).toEqual([...ARRAY_PORTALS]);
  }, 60_000);

  it('grows a connected volume', async () => {
    const [serial = ''] = made;
    await plane.volumeResized({ ...volume(1, 2 * GIB), serial });
    const device = await mapOf(serial);
    await n1.output(`multipathd resize map ${wwidOf(serial)}`);
    expect(Number(await n1.output(`blockdev --getsize64 ${device}`))).toBe(2 * GIB);
  }, 60_000);

  it('gives a clone of a snapshot the bytes of that moment, however the volume goes on', async () => {
    const [serial = ''] = made;
    const device = `/dev/mapper/${wwidOf(serial)}`;
    const write = (text: string): Promise<string> =>
      n1.output(`printf '%-512s' '${text}' | dd of=${device} bs=512 count=1 oflag=direct status=none`);
    const snapshot = volume(2, 2 * GIB);
    const clone = volume(3, 3 * GIB);

    await write('before');
    await plane.snapshotsTaken([
      { arrayIqn: ARRAY_IQN, volumeSerial: serial, snapshotSerial: snapshot.serial, sizeBytes: 2 * GIB },
    ]);
    await write('after');
    await plane.volumeCloned({ fromSerial: snapshot.serial, to: clone, isOverwrite: false });
    await plane.connected(connection(clone.serial, 4));
    const cloned = await mapOf(clone.serial);

    expect((await n1.output(`dd if=${cloned} bs=512 count=1 iflag=direct status=none`)).trim()).toBe('before');
    expect((await n1.output(`dd if=${device} bs=512 count=1 iflag=direct status=none`)).trim()).toBe('after');
    expect(Number(await n1.output(`blockdev --getsize64 ${cloned}`))).toBe(3 * GIB);
    await forget(clone.serial);
    await plane.disconnected(connection(clone.serial, 4));
  }, 60_000);

  it('overwrites a connected volume with a snapshot', async () => {
    const [serial = '', , snapshot = ''] = made;
    const device = `/dev/mapper/${wwidOf(serial)}`;
    const to = { arrayIqn: ARRAY_IQN, name: 'volume-1', serial, sizeBytes: 2 * GIB };
    await plane.volumeCloned({ fromSerial: snapshot, to, isOverwrite: true });
    expect((await n1.output(`dd if=${device} bs=512 count=1 iflag=direct status=none`)).trim()).toBe('before');
  });

  it('goes on over one path while the other is cut', async () => {
    const [serial = ''] = made;
    const device = `/dev/mapper/${wwidOf(serial)}`;
    await lab.cutPath('n1', 'B');
    try {
      await n1.output(`printf '%-512s' 'cut' | dd of=${device} bs=512 count=1 oflag=direct status=none`);
    } finally {
      await lab.restorePath('n1', 'B');
    }
    await mapOf(serial);
    expect((await n1.output(`dd if=${device} bs=512 count=1 iflag=direct status=none`)).trim()).toBe('cut');
  }, 60_000);

  it('takes a disconnected volume away and frees its device', async () => {
    const [serial = ''] = made;
    await forget(serial);
    await plane.disconnected(connection(serial, 3));
    await n1.output('iscsiadm -m session --rescan');
    expect((await n1.run(`ls /dev/mapper/${wwidOf(serial)}`)).code).not.toBe(0);
    const { luns, serials } = await plane.inventory();
    expect(luns.filter(lun => lun.target === ARRAY_IQN)).toEqual([]);
    expect(serials).toContain(serial.toLowerCase());
    expect(await lab.guest('ar').output('losetup -a')).not.toContain(serial.toLowerCase());
  });

  it('makes volumes blank, also where an array of an earlier run had one of the same serial', async () => {
    const created = volume(8);
    await plane.volumeCreated({ ...created, sizeBytes: 2 * GIB });
    const file = `/pool/${created.serial.toLowerCase()}`;
    const ar = lab.guest('ar');
    await ar.output(`dd if=/dev/urandom of=${file} bs=4096 count=8 conv=notrunc,fsync status=none`);
    await plane.volumeCreated(created);
    await plane.volumeResized({ ...created, sizeBytes: 2 * GIB });
    expect(await ar.output(`stat -c '%s' ${file}; cmp -n $((8 * 4096)) ${file} /dev/zero && echo blank`)).toBe(
      `${2 * GIB}\nblank\n`,
    );
  });

  it('may be told everything twice', async () => {
    const twice = volume(9);
    const one = connection(twice.serial, 9);
    for (const step of [
      () => plane.volumeCreated(twice),
      () => plane.connected(one),
      () => plane.volumeResized({ ...twice, sizeBytes: 2 * GIB }),
      () => plane.disconnected(one),
      () => plane.volumeEradicated(twice.serial),
    ]) {
      await step();
      await step();
    }
    expect((await plane.inventory()).serials).not.toContain(twice.serial.toLowerCase());
  });

  it('serves many volumes at once', async () => {
    const many = Array.from({ length: 30 }, (_, index) => volume(100 + index));
    await Promise.all(many.map(one => plane.volumeCreated(one)));
    await Promise.all(many.map((one, index) => plane.connected(connection(one.serial, 100 + index))));
    const { luns } = await plane.inventory();
    const seen = luns.filter(lun => lun.target === ARRAY_IQN).map(({ serial, lun }) => `${lun} ${serial}`);
    expect(seen.sort()).toEqual(many.map((one, index) => `${100 + index} ${one.serial.toLowerCase()}`).sort());
    await Promise.all(many.map((one, index) => plane.disconnected(connection(one.serial, 100 + index))));
    expect((await plane.inventory()).luns.filter(lun => lun.target === ARRAY_IQN)).toEqual([]);
  }, 60_000);

  it('tells what is connected while other volumes come and go', async () => {
    const many = Array.from({ length: 20 }, (_, index) => volume(200 + index));
    await Promise.all(many.map(one => plane.volumeCreated(one)));
    const rounds = many.map(async (one, index) => {
      for (let round = 0; round < 4; round += 1) {
        await plane.connected(connection(one.serial, 200 + index));
        await plane.inventory();
        await plane.disconnected(connection(one.serial, 200 + index));
      }
    });
    await Promise.all(rounds);
    expect((await plane.inventory()).luns.filter(lun => lun.target === ARRAY_IQN)).toEqual([]);
  }, 120_000);
});
