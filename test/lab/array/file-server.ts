import { mkdir, writeFile } from 'node:fs/promises';
import type { ExportsArgs } from './file-protocol.ts';
import type { Shell } from './shell.ts';

const SCRIPT = '/lab/guest/file-server.sh';

/** One simulated array's NFS server: what it exports, and to whom. */
export class FileServer {
  readonly #shell: Shell;
  readonly #exportsFile: string;
  readonly #lines = new Map<string, string>();
  #keeper = 0;

  constructor(shell: Shell, exportsFile: string) {
    this.#shell = shell;
    this.#exportsFile = exportsFile;
  }

  get lines(): readonly string[] {
    return [...this.#lines.values()];
  }

  /** Process whose namespaces are the server's. */
  get keeper(): number {
    return this.#keeper;
  }

  /** In the place of the server that had the address before, if any. */
  async start(address: string, root: string): Promise<void> {
    await mkdir(root, { recursive: true });
    await writeFile(this.#exportsFile, '');
    this.#keeper = Number(await this.#shell.run(`${SCRIPT} ${address} ${root} ${this.#exportsFile}`));
  }

  async clearExports(): Promise<void> {
    this.#lines.clear();
    await this.#writeExports();
  }

  /** The kernel knows the new rules when this returns, and refuses who is not in them, also where it is mounted. */
  async setExports({ name, id, clients }: Pick<ExportsArgs, 'name' | 'id' | 'clients'>): Promise<void> {
    const rules = clients.map(({ client, options }) => `${client}(${[...options, `fsid=${id}`].join(',')})`);
    if (rules.length === 0) this.#lines.delete(name);
    else this.#lines.set(name, `/${name} ${rules.join(' ')}`);
    await this.#writeExports();
  }

  async #writeExports(): Promise<void> {
    // In place: the server has this very file mounted.
    await writeFile(this.#exportsFile, this.lines.map(line => `${line}\n`).join(''));
    await this.#shell.run(`nsenter -t ${this.#keeper} -m -n exportfs -ra`);
  }
}
