import path from 'node:path';
import {
  ensureFolder,
  ensureLink,
  linkTarget,
  names,
  removeFolder,
  removeLink,
  TARGET_CONFIG,
  write,
} from './configfs.ts';
import type { ConnectArgs, Inventory } from './protocol.ts';

const FABRICS = { iscsi: `${TARGET_CONFIG}/iscsi`, fc: `${TARGET_CONFIG}/fc` } as const;
type FabricName = keyof typeof FABRICS;

/**
 * One SCSI target: by iSCSI a simulated array, by Fibre Channel one of its ports. Its portal group holds a LUN for every
 * connected volume (an index of ours), and an access list entry for every initiator that maps LUN numbers, as that host
 * sees them, to those.
 */
export class LioTarget {
  readonly #fabric: FabricName;
  readonly #name: string;
  readonly #group: string;

  private constructor(fabric: FabricName, name: string) {
    this.#fabric = fabric;
    this.#name = name;
    this.#group = `${FABRICS[fabric]}/${name}/tpgt_1`;
  }

  static iscsi(iqn: string): LioTarget {
    return new LioTarget('iscsi', iqn);
  }

  /** `wwn`: 16 hex digits. */
  static fc(wwn: string): LioTarget {
    return new LioTarget('fc', withColons(wwn));
  }

  /** Target of a port that is there and has no link yet, open to the given ports, which see no LUN. */
  async createForPorts(wwns: readonly string[]): Promise<void> {
    await this.#createGroup();
    for (const wwn of wwns) await ensureFolder(`${this.#group}/acls/${withColons(wwn)}`);
  }

  /** Target on the given portals, closed to initiators that have no access list entry. */
  async create(portals: readonly string[]): Promise<void> {
    await this.#createGroup();
    for (const portal of portals) await ensureFolder(`${this.#group}/np/${portal}`);
    await write(`${this.#group}/attrib/authentication`, '0');
    await write(`${this.#group}/attrib/generate_node_acls`, '0');
    await write(`${this.#group}/enable`, '1');
  }

  /**
   * tcm_fc of Linux 6.12 loses count of a command now and then, and whoever removes the LUN then waits for ever, with the
   * whole target. So its LUNs stay, mapped to nobody, as long as the guest runs.
   */
  get canDropLuns(): boolean {
    return this.#fabric === 'iscsi';
  }

  async hasLun(serial: string): Promise<boolean> {
    return (await this.#luns()).some(lun => lun.serial === serial.toLowerCase());
  }

  /** Index of the volume's LUN in the portal group, made when there is none. */
  async addLun(serial: string, backstore: string): Promise<number> {
    const luns = await this.#luns();
    const existing = luns.find(lun => lun.serial === serial.toLowerCase());
    if (existing) return existing.index;
    const used = new Set(luns.map(lun => lun.index));
    let index = 1;
    while (used.has(index)) index += 1;
    await ensureFolder(this.#lun(index));
    await ensureLink(backstore, `${this.#lun(index)}/${serial.toLowerCase()}`);
    return index;
  }

  /** Lets an initiator see the volume under `lun`. What it has to prove counts from its next login on, as on arrays. */
  async map(initiator: string, lun: number, index: number, chap: ConnectArgs['chap']): Promise<void> {
    const entry = this.#entry(initiator);
    await ensureFolder(entry);
    if (this.#fabric === 'iscsi') await setChap(entry, chap);
    await ensureFolder(`${entry}/lun_${lun}`);
    await ensureLink(this.#lun(index), `${entry}/lun_${lun}/default`);
    await write(`${entry}/lun_${lun}/write_protect`, '0');
  }

  /** Takes the volume away from an initiator; a LUN number that now belongs to another volume is left alone. */
  async unmap(initiator: string, lun: number, serial: string): Promise<void> {
    const mapped = `${this.#entry(initiator)}/lun_${lun}`;
    const index = await mappedIndex(mapped);
    if (index !== undefined && (await this.#serialOf(index)) !== serial.toLowerCase()) return;
    await removeLink(`${mapped}/default`);
    await removeFolder(mapped);
  }

  /** Removes the volume's LUN when no initiator sees it any more. */
  async dropLunIfUnmapped(serial: string): Promise<void> {
    const lun = (await this.#luns()).find(candidate => candidate.serial === serial.toLowerCase());
    if (!lun || (await this.mappedLuns()).some(mapped => mapped.serial === lun.serial)) return;
    await removeLink(`${this.#lun(lun.index)}/${lun.serial}`);
    await removeFolder(this.#lun(lun.index));
  }

  async mappedLuns(): Promise<Inventory['luns']> {
    const found: Inventory['luns'][number][] = [];
    for (const initiator of await names(`${this.#group}/acls`)) {
      if (!isInitiator(initiator)) continue;
      for (const name of await names(`${this.#group}/acls/${initiator}`)) {
        const lun = lunNumber(name);
        if (lun === undefined) continue;
        const index = await mappedIndex(`${this.#group}/acls/${initiator}/${name}`);
        const serial = index === undefined ? undefined : await this.#serialOf(index);
        if (serial !== undefined) found.push({ target: this.#name, initiator, lun, serial });
      }
    }
    return found;
  }

  async #luns(): Promise<readonly { index: number; serial: string }[]> {
    const luns: { index: number; serial: string }[] = [];
    for (const name of await names(`${this.#group}/lun`)) {
      const index = lunNumber(name);
      const serial = index === undefined ? undefined : await this.#serialOf(index);
      if (index !== undefined) luns.push({ index, serial: serial ?? '' });
    }
    return luns;
  }

  async #serialOf(index: number): Promise<string | undefined> {
    return (await names(this.#lun(index))).find(name => /^[0-9a-f]{8,32}$/u.test(name));
  }

  async #createGroup(): Promise<void> {
    const fabric = FABRICS[this.#fabric];
    for (const folder of [fabric, `${fabric}/${this.#name}`, this.#group]) await ensureFolder(folder);
  }

  #entry(initiator: string): string {
    return `${this.#group}/acls/${this.#fabric === 'fc' ? withColons(initiator) : initiator}`;
  }

  #lun(index: number): string {
    return `${this.#group}/lun/lun_${index}`;
  }
}

/** Every mapped LUN of every target of this guest. */
export async function listLuns(): Promise<Inventory['luns']> {
  const targets = [
    ...(await names(FABRICS.iscsi)).filter(isInitiator).map(iqn => LioTarget.iscsi(iqn)),
    ...(await names(FABRICS.fc)).filter(isInitiator).map(wwn => LioTarget.fc(wwn)),
  ];
  return (await Promise.all(targets.map(target => target.mappedLuns()))).flat();
}

/** Whether a target that cannot drop LUNs has the volume. */
export async function isKept(serial: string): Promise<boolean> {
  const ports = (await names(FABRICS.fc)).filter(isInitiator).map(wwn => LioTarget.fc(wwn));
  return (await Promise.all(ports.map(port => port.hasLun(serial)))).includes(true);
}

/** As folders are called, targets' too; there are others beside them. */
const isInitiator = (name: string): boolean => /^(iqn\.|([0-9a-f]{2}:){7}[0-9a-f]{2}$)/u.test(name);

const withColons = (wwn: string): string =>
  wwn
    .replaceAll(':', '')
    .toLowerCase()
    .replaceAll(/(..)(?=.)/gu, '$1:');

function lunNumber(name: string): number | undefined {
  const match = /^lun_(\d+)$/u.exec(name);
  return match ? Number(match[1]) : undefined;
}

async function mappedIndex(mapped: string): Promise<number | undefined> {
  const lun = await linkTarget(`${mapped}/default`);
  return lun === undefined ? undefined : lunNumber(path.basename(lun));
}

/** -1: as the target, which asks nobody. */
async function setChap(entry: string, chap: ConnectArgs['chap']): Promise<void> {
  if (chap !== null) {
    await write(`${entry}/auth/userid`, chap.user);
    await write(`${entry}/auth/password`, chap.password);
  }
  await write(`${entry}/attrib/authentication`, chap === null ? '-1' : '1');
}
