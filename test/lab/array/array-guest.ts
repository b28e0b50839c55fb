import { constants } from 'node:fs';
import { copyFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { KeyedQueue } from './keyed-queue.ts';
import { isKept, LioTarget, listLuns } from './lio-target.ts';
import { announceSize, isConnected, listConnections, NvmetTarget, servesNvme } from './nvmet-target.ts';
import { Shell } from './shell.ts';
import { backstorePath, createBackstore, removeBackstore, type Vendor } from './lio-backstore.ts';
import type {
  CloneArgs,
  ConnectArgs,
  CreateArgs,
  DecoyArgs,
  DisconnectArgs,
  Inventory,
  NvmeArgs,
  PrepareArgs,
  SerialArgs,
  SnapshotsArgs,
} from './protocol.ts';

const POOL = '/pool';
const PURE: Vendor = { id: 'PURE', product: 'FlashArray', companyId: '0x24a937', serialPrefix: '0' };
const OTHER: Vendor = { id: 'OTHER', product: 'Disk', companyId: '0x001405', serialPrefix: 'f' };

/**
 * The simulated arrays' data in the array guest. A volume is a sparse file on XFS; it becomes a block device (loop) and
 * a LIO backstore or an NVMe namespace at its first connection and stops being one at its last disconnection, so that
 * creating hundreds of volumes costs a file each. Every operation may be repeated. All state is the kernel's and the file
 * system's.
 */
export class ArrayGuest {
  readonly #perSerial = new KeyedQueue();
  readonly #perTarget = new KeyedQueue();
  readonly #shell = new Shell();
  readonly #loops = new Map<string, string>();

  /** On a kernel without NVMe the array is prepared without; connecting by NVMe is what fails then. */
  prepare({ iqn, portals, nqn, nvmeTcpPortals, nvmeRocePortals, wwns, fcHosts }: PrepareArgs): Promise<void> {
    return this.#perTarget.run(iqn, async () => {
      await LioTarget.iscsi(iqn).create(portals);
      if (wwns.length > 0) await this.#perTarget.run('fc', () => this.#prepareFc(wwns, fcHosts));
      const nvme = { tcp: nvmeTcpPortals, rdma: nvmeRocePortals };
      if (Object.values(nvme).flat().length === 0 || !(await servesNvme())) return;
      // Ports are shared by all arrays.
      await this.#perTarget.run('nvme', async () => {
        if (nvme.rdma.length > 0) await this.#shell.run('bash /lab/guest/roce.sh up');
        await new NvmetTarget(nqn).create(nvme);
      });
    });
  }

  create({ serial, sizeBytes }: CreateArgs): Promise<void> {
    return this.#perSerial.run(serial, async () => {
      // A simulated array counts from the beginning again when it is started anew: what an earlier one left is not its volume.
      if (!this.#loops.has(serial)) await rm(filePath(serial), { force: true });
      const file = await open(filePath(serial), 'a');
      await file.truncate(sizeBytes);
      await file.close();
    });
  }

  clone({ from, to, sizeBytes }: CloneArgs): Promise<void> {
    return this.#perSerial.run(from, () =>
      this.#perSerial.run(to, async () => {
        await copyFile(filePath(from), filePath(to), constants.COPYFILE_FICLONE_FORCE);
        await truncate(filePath(to), sizeBytes);
        await this.#announceSize(to);
      }),
    );
  }

  async snapshots({ snapshots }: SnapshotsArgs): Promise<void> {
    await Promise.all(snapshots.map(snapshot => this.clone(snapshot)));
  }

  resize({ serial, sizeBytes }: CreateArgs): Promise<void> {
    return this.#perSerial.run(serial, async () => {
      await stat(filePath(serial));
      await truncate(filePath(serial), sizeBytes);
      await this.#announceSize(serial);
    });
  }

  connect(args: ConnectArgs): Promise<void> {
    return this.#connect(args, PURE);
  }

  disconnect(args: DisconnectArgs): Promise<void> {
    const { serial, lun } = args;
    return this.#perSerial.run(serial, async () => {
      for (const { key, target, initiators } of waysOf(args)) {
        for (const initiator of initiators) await target.unmap(initiator, lun, serial);
        if (target.canDropLuns) await this.#perTarget.run(key, () => target.dropLunIfUnmapped(serial));
      }
      // Another array may have it, too: that of a stretched pod.
      const isMapped = (await listLuns()).some(lun => lun.serial === serial.toLowerCase());
      if (!isMapped) await this.#detach(serial);
    });
  }

  connectNvme({ serial, nqn, hosts, nsid }: NvmeArgs): Promise<void> {
    return this.#perSerial.run(serial, async () => {
      if (!(await servesNvme())) throw new Error('the kernel of this lab has no NVMe target; its own kernel has');
      const device = await this.#attach(serial);
      await this.#perTarget.run('nvme', () => new NvmetTarget(nqn).connect(serial, nsid, device, hosts));
    });
  }

  disconnectNvme({ serial, nqn, hosts, nsid }: NvmeArgs): Promise<void> {
    return this.#perSerial.run(serial, async () => {
      const target = new NvmetTarget(nqn);
      const isStillConnected = await this.#perTarget.run('nvme', () => target.disconnect(serial, nsid, hosts));
      const isMapped = (await listLuns()).some(lun => lun.serial === serial.toLowerCase());
      if (!isStillConnected && !isMapped) await this.#detach(serial);
    });
  }

  remove({ serial }: SerialArgs): Promise<void> {
    return this.#perSerial.run(serial, async () => {
      await this.#detach(serial);
      await rm(filePath(serial), { force: true });
    });
  }

  async decoy({ iqn, portals, initiators, serial, sizeBytes }: DecoyArgs): Promise<void> {
    await this.prepare({ iqn, portals, nqn: '', nvmeTcpPortals: [], nvmeRocePortals: [], wwns: [], fcHosts: [] });
    await this.create({ serial, sizeBytes });
    await this.#connect({ serial, iqn, initiators, arrayWwns: [], wwns: [], lun: 1, chap: null }, OTHER);
  }

  async inventory(): Promise<Inventory> {
    return { serials: (await readdir(POOL)).sort(), luns: await listLuns(), namespaces: await listConnections() };
  }

  /** Ports without link, their targets, then the link. Ports are shared by all arrays, so one of them should use them. */
  async #prepareFc(wwns: readonly string[], hosts: readonly string[]): Promise<void> {
    await this.#shell.run('bash /lab/guest/fcoe.sh create');
    for (const wwn of wwns) await LioTarget.fc(wwn).createForPorts(hosts);
    await this.#shell.run('bash /lab/guest/fcoe.sh up');
  }

  #connect(args: ConnectArgs, vendor: Vendor): Promise<void> {
    const { serial, lun, chap } = args;
    return this.#perSerial.run(serial, async () => {
      const device = await this.#attach(serial);
      await createBackstore(serial, device, vendor);
      for (const { key, target, initiators } of waysOf(args)) {
        const index = await this.#perTarget.run(key, () => target.addLun(serial, backstorePath(serial)));
        for (const initiator of initiators) await target.map(initiator, lun, index, chap);
      }
    });
  }

  /** The loop device of a volume, made when it has none. */
  async #attach(serial: string): Promise<string> {
    const known = this.#loops.get(serial);
    if (known !== undefined) return known;
    // `--nooverlap` finds the device again after the agent was restarted.
    const device = await this.#shell.run(`losetup --find --show --nooverlap ${filePath(serial)}`);
    this.#loops.set(serial, device);
    return device;
  }

  /** Nothing to do while it is connected another way. */
  async #detach(serial: string): Promise<void> {
    if ((await isConnected(serial)) || (await isKept(serial))) return;
    await removeBackstore(serial);
    const device = this.#loops.get(serial);
    if (device === undefined) return;
    await this.#shell.run(`losetup --detach ${device}`);
    this.#loops.delete(serial);
  }

  async #announceSize(serial: string): Promise<void> {
    const device = this.#loops.get(serial);
    if (device === undefined) return;
    await this.#shell.run(`losetup --set-capacity ${device}`);
    await announceSize(serial);
  }
}

/** Through which targets initiators see a volume; `key`: whose LUN numbers are given out one after the other. */
function waysOf({ iqn, initiators, arrayWwns, wwns }: DisconnectArgs) {
  return [
    ...(initiators.length > 0 ? [{ key: iqn, target: LioTarget.iscsi(iqn), initiators }] : []),
    ...(wwns.length > 0 ? arrayWwns.map(wwn => ({ key: wwn, target: LioTarget.fc(wwn), initiators: wwns })) : []),
  ];
}

function filePath(serial: string): string {
  if (!/^[0-9a-f]{8,32}$/iu.test(serial)) throw new Error(`serial "${serial}" is not hexadecimal`);
  return path.join(POOL, serial.toLowerCase());
}
