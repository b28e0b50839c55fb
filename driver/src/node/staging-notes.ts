import { createHash } from 'node:crypto';
import type { HostFs } from './host-fs.ts';

/** What a staged volume left behind for its unstaging. A help, not a need: mount table and sysfs come first. */
export interface StagingNote {
  readonly volumeId: string;
  readonly wwid: string;
  /** IQN or NQN; absent by Fibre Channel. */
  readonly target?: string;
  /** Of the other array of a stretched pod. */
  readonly peerTarget?: string;
  readonly stagingPath: string;
}

const fileName = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

function parseNote(text: string | null): StagingNote | null {
  if (text === null) return null;
  try {
    // `targetIqn`: as the first versions wrote it.
    const note = JSON.parse(text) as Partial<StagingNote & { targetIqn: string }> | null;
    const { volumeId, wwid, stagingPath } = note ?? {};
    const target = note?.target ?? note?.targetIqn;
    // A torn file (power cut) is no note.
    if (volumeId === undefined || wwid === undefined || stagingPath === undefined) return null;
    const targets = {
      ...(target === undefined ? {} : { target }),
      ...(note?.peerTarget === undefined ? {} : { peerTarget: note.peerTarget }),
    };
    return /^(3|eui\.)[0-9a-f]{32}$/.test(wwid) ? { volumeId, wwid, stagingPath, ...targets } : null;
  } catch {
    return null;
  }
}

/** Small files below `<kubelet>/plugins/pure-csi`: they outlive the node plugin, and reboots. */
export class StagingNotes {
  readonly #fs: HostFs;
  readonly #folder: string;

  constructor(fs: HostFs, pluginDir: string) {
    this.#fs = fs;
    this.#folder = pluginDir;
  }

  async prepare(): Promise<void> {
    await Promise.all(
      ['staged', 'logins', 'formatting'].map(name => this.#fs.makeDirectory(`${this.#folder}/${name}`)),
    );
  }

  async read(volumeId: string): Promise<StagingNote | null> {
    const note = parseNote(await this.#fs.readText(this.#staged(volumeId)));
    return note?.volumeId === volumeId ? note : null;
  }

  /** All notes that can be read. */
  async all(): Promise<readonly StagingNote[]> {
    const names = await this.#fs.list(`${this.#folder}/staged`);
    const texts = await Promise.all(names.map(name => this.#fs.readText(`${this.#folder}/staged/${name}`)));
    return texts.map(parseNote).filter(note => note !== null);
  }

  async write(note: StagingNote): Promise<void> {
    await this.#fs.writeText(this.#staged(note.volumeId), `${JSON.stringify(note)}\n`);
  }

  async forget(volumeId: string): Promise<void> {
    await this.#fs.remove(this.#staged(volumeId));
  }

  /** Portals of a target at which this driver logged in, so that it may log out, too. One file each: logins run at once. */
  async ownLogins(target: string): Promise<readonly string[]> {
    const folder = `${this.#folder}/logins`;
    const names = await this.#fs.list(folder);
    const texts = await Promise.all(names.map(name => this.#fs.readText(`${folder}/${name}`)));
    return texts
      .map(text => (text ?? '').trim().split(','))
      .filter(([name, portal]) => name === target && portal !== undefined)
      .map(([, portal = '']) => portal);
  }

  async rememberLogin(target: string, portal: string): Promise<void> {
    await this.#fs.writeText(this.#login(target, portal), `${target},${portal}\n`);
  }

  async forgetLogin(target: string, portal: string): Promise<void> {
    await this.#fs.remove(this.#login(target, portal));
  }

  /** True while a format that was begun on this node, on a device proven blank, is not known to be finished. */
  async isFormatting(wwid: string): Promise<boolean> {
    return (await this.#fs.readText(this.#formatting(wwid))) !== null;
  }

  async beginFormat(wwid: string): Promise<void> {
    await this.#fs.writeText(this.#formatting(wwid), `${wwid}\n`);
  }

  async endFormat(wwid: string): Promise<void> {
    await this.#fs.remove(this.#formatting(wwid));
  }

  readonly #staged = (volumeId: string): string => `${this.#folder}/staged/${fileName(volumeId)}.json`;
  readonly #login = (target: string, portal: string): string =>
    `${this.#folder}/logins/${fileName(`${target},${portal}`)}`;
  readonly #formatting = (wwid: string): string => `${this.#folder}/formatting/${wwid}`;
}
