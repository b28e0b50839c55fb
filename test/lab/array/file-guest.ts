import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type {
  ExportsArgs,
  FileIdArgs,
  FileInventory,
  FilledFileSystemArgs,
  FileSystemArgs,
  PrepareFilesArgs,
  SizedFileSystemArgs,
  SnapshotArgs,
} from './file-protocol.ts';
import { FileServer } from './file-server.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { Shell } from './shell.ts';

const FILES = '/pool/files';
const ROOTS = `${FILES}/roots`;
const BY_ID = `${FILES}/by-id`;
const SNAPSHOTS = `${FILES}/snapshots`;

/**
 * The simulated arrays' file systems in the array guest: a folder of the pool each, with a project quota for its size
 * (the NFS client sees the quota as capacity, and a full one as ENOSPC), served by one kernel NFS server an array.
 * Every operation may be repeated.
 */
export class FileGuest {
  readonly #servers = new Map<string, FileServer>();
  /** Address → array. */
  readonly #owners = new Map<string, string>();
  readonly #perArray = new KeyedQueue();
  readonly #shell = new Shell();

  /** Once in the life of each simulator: one that starts again has forgotten its file systems. */
  prepare({ array, address }: PrepareFilesArgs): Promise<void> {
    return this.#perArray.run(array, async () => {
      if (!/^10\.66\.[123]\.\d{1,3}$/u.test(address)) throw new Error(`${address} is on none of the lab's fabrics`);
      const before = this.#owners.get(address);
      if (before === array) return this.#servers.get(array)?.clearExports();
      const inUse = before === undefined ? [] : (this.#servers.get(before)?.lines ?? []);
      if (inUse.length > 0) throw new Error(`${address} is the address of array ${before ?? ''}, which has exports`);
      await this.#start(array, address);
      if (before !== undefined) this.#servers.delete(before);
    });
  }

  create(args: FilledFileSystemArgs): Promise<void> {
    return this.#perArray.run(args.array, async () => {
      const folder = folderOf(args);
      const link = `${BY_ID}/${uuid(args.id)}`;
      if ((await readlink(link).catch(() => null)) === null) {
        // Of a simulator that ended without a word.
        await rm(folder, { recursive: true, force: true });
        await symlink(folder, link);
      }
      await mkdir(folder, { recursive: true, mode: 0o755 });
      await this.#limit(args);
      if (args.snapshotId !== null) await this.#fill(folder, args.snapshotId);
    });
  }

  resize(args: SizedFileSystemArgs): Promise<void> {
    return this.#perArray.run(args.array, () => this.#limit(args));
  }

  restore(args: FilledFileSystemArgs): Promise<void> {
    return this.#perArray.run(args.array, () => this.#fill(folderOf(args), args.snapshotId ?? ''));
  }

  async setExports(args: ExportsArgs): Promise<void> {
    await this.#perArray.run(args.array, () => {
      const server = this.#servers.get(args.array);
      if (!server) throw new Error(`array ${args.array} was not prepared`);
      return server.setExports({ ...args, name: plain(args.name) });
    });
  }

  async snapshot({ fileSystemId, id }: SnapshotArgs): Promise<void> {
    const source = await readlink(`${BY_ID}/${uuid(fileSystemId)}`);
    await this.#copy(source, `${SNAPSHOTS}/${uuid(id)}`);
  }

  async removeSnapshot({ id }: FileIdArgs): Promise<void> {
    await rm(`${SNAPSHOTS}/${uuid(id)}`, { recursive: true, force: true });
  }

  async remove({ id }: FileIdArgs): Promise<void> {
    const link = `${BY_ID}/${uuid(id)}`;
    const folder = await readlink(link).catch(() => null);
    if (folder === null) return;
    await rm(folder, { recursive: true, force: true });
    await rm(link);
  }

  async inventory(): Promise<FileInventory> {
    const names = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
    const exports = [...this.#servers].flatMap(([array, { lines }]) => lines.map(line => ({ array, line })));
    return { fileSystems: await names(BY_ID), snapshots: await names(SNAPSHOTS), exports };
  }

  /** Command line that reaches an array's NFS server in its namespaces, for tests. */
  enter({ array }: Pick<PrepareFilesArgs, 'array'>): Promise<string> {
    return Promise.resolve(`nsenter -t ${this.#servers.get(array)?.keeper ?? 0} -m -n`);
  }

  async #start(array: string, address: string): Promise<void> {
    await Promise.all([BY_ID, SNAPSHOTS].map(folder => mkdir(folder, { recursive: true })));
    const server = new FileServer(this.#shell, `${FILES}/${plain(array)}.exports`);
    await server.start(address, rootOf(array));
    this.#servers.set(array, server);
    this.#owners.set(address, array);
  }

  /** A soft limit alone is shown as capacity and lets writes pass. */
  async #limit(args: SizedFileSystemArgs): Promise<void> {
    const project = Number.parseInt(uuid(args.id).slice(0, 8), 16) || 1;
    const [hard, soft] = args.isHard ? [args.sizeBytes, 0] : [0, args.sizeBytes];
    await this.#shell.run(
      `xfs_quota -x -c "project -s -p ${folderOf(args)} ${project}" -c "limit -p bhard=${hard} bsoft=${soft} ${project}" /pool`,
    );
  }

  async #fill(folder: string, snapshotId: string): Promise<void> {
    await this.#shell.run(`find ${folder} -mindepth 1 -delete`);
    await this.#copy(`${SNAPSHOTS}/${uuid(snapshotId)}`, folder);
  }

  /** What clients have written is in the pool's page cache or on its disk, and shared from there. */
  async #copy(from: string, to: string): Promise<void> {
    await this.#shell.run(`mkdir -p ${to} && cp -a --reflink=always ${from}/. ${to}/`);
  }
}

const rootOf = (array: string): string => path.join(ROOTS, plain(array));
const folderOf = ({ array, name }: FileSystemArgs): string => path.join(rootOf(array), plain(name));

/** The words get into command lines. */
function plain(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,127}$/u.test(name)) return name;
  throw new Error(`"${name}" is no name of an array or a file system`);
}

function uuid(text: string): string {
  if (/^[0-9a-f-]{36}$/iu.test(text)) return text;
  throw new Error(`"${text}" is no UUID`);
}
