import { readlink } from 'node:fs/promises';
import path from 'node:path';
import { ensureFolder, ensureLink, names, removeFolder, removeLink, TARGET_CONFIG, write } from './configfs.ts';
import type { ConnectArgs, Inventory } from './protocol.ts';

const ISCSI = `${TARGET_CONFIG}/iscsi`;

/**
 * One iSCSI target: a simulated array. Its portal group holds a LUN for every connected volume (an index of ours),
 * and an access list entry for every initiator that maps LUN numbers, as that host sees them, to those.
 */
export class LioTarget {
  readonly #group: string;
  readonly #iqn: string;

  constructor(iqn: string) {
    this.#iqn = iqn;
    this.#group = `${ISCSI}/${iqn}/tpgt_1`;
  }

  /** Target on the given portals, closed to initiators that have no access list entry. */
  async create(portals: readonly string[]): Promise<void> {
    await ensureFolder(ISCSI);
    await ensureFolder(`${ISCSI}/${this.#iqn}`);
    await ensureFolder(this.#group);
    for (const portal of portals) await ensureFolder(`${this.#group}/np/${portal}`);
    await write(`${this.#group}/attrib/authentication`, '0');
    await write(`${this.#group}/attrib/generate_node_acls`, '0');
    await write(`${this.#group}/enable`, '1');
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
    const entry = `${this.#group}/acls/${initiator}`;
    await ensureFolder(entry);
    await setChap(entry, chap);
    await ensureFolder(`${entry}/lun_${lun}`);
    await ensureLink(this.#lun(index), `${entry}/lun_${lun}/default`);
    await write(`${entry}/lun_${lun}/write_protect`, '0');
  }

  /** Takes the volume away from an initiator; a LUN number that now belongs to another volume is left alone. */
  async unmap(initiator: string, lun: number, serial: string): Promise<void> {
    const mapped = `${this.#group}/acls/${initiator}/lun_${lun}`;
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
      if (!initiator.startsWith('iqn.')) continue;
      for (const name of await names(`${this.#group}/acls/${initiator}`)) {
        const lun = lunNumber(name);
        if (lun === undefined) continue;
        const index = await mappedIndex(`${this.#group}/acls/${initiator}/${name}`);
        const serial = index === undefined ? undefined : await this.#serialOf(index);
        if (serial !== undefined) found.push({ iqn: this.#iqn, initiator, lun, serial });
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

  #lun(index: number): string {
    return `${this.#group}/lun/lun_${index}`;
  }
}

/** Every mapped LUN of every target of this guest. */
export async function listLuns(): Promise<Inventory['luns']> {
  const targets = (await names(ISCSI)).filter(name => name.startsWith('iqn.'));
  return (await Promise.all(targets.map(iqn => new LioTarget(iqn).mappedLuns()))).flat();
}

function lunNumber(name: string): number | undefined {
  const match = /^lun_(\d+)$/u.exec(name);
  return match ? Number(match[1]) : undefined;
}

async function mappedIndex(mapped: string): Promise<number | undefined> {
  const link = (await names(mapped)).find(name => name === 'default');
  return link === undefined ? undefined : lunNumber(path.basename(await readlink(`${mapped}/${link}`)));
}

/** -1: as the target, which asks nobody. */
async function setChap(entry: string, chap: ConnectArgs['chap']): Promise<void> {
  if (chap !== null) {
    await write(`${entry}/auth/userid`, chap.user);
    await write(`${entry}/auth/password`, chap.password);
  }
  await write(`${entry}/attrib/authentication`, chap === null ? '-1' : '1');
}
