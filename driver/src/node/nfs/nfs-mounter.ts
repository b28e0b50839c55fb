import { PsoError } from '../../domain/errors.ts';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Exec, ExecResult } from '../exec.ts';
import type { FsStats, HostFs } from '../host-fs.ts';
import { requireNoLink } from '../host-paths.ts';
import type { Mount } from '../mount-table.ts';
import { mountAt, readMounts } from '../mount-table.ts';
import { runTool } from '../tool-runner.ts';
import { waitUntil } from '../wait-until.ts';
import { isVersionRefused, mountFailure, silentServer } from './nfs-failures.ts';
import type { NfsOptions } from './nfs-options.ts';
import { optionList } from './nfs-options.ts';

export interface NfsMounterParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kubeletDir: string;
}

const MOUNT_TIMEOUT_MS = 45_000;
const PROBE_TIMEOUT_MS = 5_000;
/** A controller of an array that fails over is away for less. With all that follows, less than the kubelet's two minutes. */
const SILENCE_MS = 30_000;
const FLUSH_TIMEOUT_MS = 60_000;
const UNMOUNT_TIMEOUT_MS = 30_000;
const FORCE_TIMEOUT_MS = 8_000;
/** Mounts stacked at one path by earlier half-way runs. */
const MAX_LAYERS = 8;

type Server = 'answers' | 'refuses' | 'silent';

/** As it stands in the mount table. */
export const nfsSource = ({ server, exportPath }: NfsPublishContext): string =>
  `${server.includes(':') ? `[${server}]` : server}:${exportPath}`;

export const isNfs = ({ fsType }: Mount): boolean => fsType === 'nfs' || fsType === 'nfs4';

/**
 * Mounts and unmounts NFS. A server may be dead at any time, and whoever looks into its mount then hangs: so nothing in
 * this process does; tools do, which are killed when their time is up (an NFS wait ends by SIGKILL), and what is mounted
 * is known from the mount table alone.
 */
export class NfsMounter {
  readonly #parts: NfsMounterParts;

  constructor(parts: NfsMounterParts) {
    this.#parts = parts;
  }

  async at(path: string): Promise<Mount | null> {
    return mountAt(await readMounts(this.#parts.fs), path);
  }

  /** Tries the versions in their order; the next one only where the server says that it does not speak the one before. */
  async mount(context: NfsPublishContext, path: string, options: NfsOptions): Promise<void> {
    await requireNoLink(this.#parts.fs, this.#parts.kubeletDir, 'staging_target_path', path);
    await this.#parts.fs.makeDirectory(path);
    const source = nfsSource(context);
    const [version = '4.1', ...others] = options.versions;
    // Not by mount(8): killed at its time-out, it would leave this helper behind, whose mount could come after our answer.
    const args = [source, path, '-o', optionList(version, options, context.server)];
    const result = await this.#bounded({ source, path }, 'mount.nfs', args, MOUNT_TIMEOUT_MS);
    if (result.code === 0) return;
    if (others.length === 0 || !isVersionRefused(result)) throw mountFailure(source, version, result);
    const fields = { source, refused: version, version: others[0] };
    this.#parts.logger.warn(fields, `${context.server} does not speak NFS ${version}; an older version is used.`);
    await this.mount(context, path, { ...options, versions: others });
  }

  /** Asks the server, so the answer is true also when it cannot be had: it then is an error. */
  async stats(mount: Mount): Promise<FsStats> {
    const { code, stdout, stderr } = await this.#probe(mount);
    const [blockSize = 0, blocks = 0, available = 0, free = 0, inodes = 0, freeInodes = 0] = stdout
      .trim()
      .split(' ')
      .map(Number);
    if (code !== 0 || blockSize === 0) {
      throw new PsoError(
        'nfs-server-silent',
        `The size of "${mount.path}" (${mount.source}) could not be read: ${stderr.trim().slice(0, 300)}.`,
        'Check that the file system is there and its export rules name this node.',
      );
    }
    return {
      totalBytes: blocks * blockSize,
      availableBytes: available * blockSize,
      usedBytes: (blocks - free) * blockSize,
      totalInodes: inodes,
      freeInodes,
    };
  }

  /** Takes away all layers at a path, within two minutes also when the server is dead; what is not mounted is fine. */
  async unmount(path: string): Promise<void> {
    for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
      const mounts = await readMounts(this.#parts.fs);
      const mount = mountAt(mounts, path);
      if (mount === null) return;
      // One name of several: the kernel takes it away without asking the server.
      const isLast = !mounts.some(other => other.device === mount.device && !this.#isSameName(other, mount));
      await (isLast ? this.#unmountLast(mount) : this.#detach(path));
    }
    if ((await this.at(path)) === null) return;
    throw new PsoError(
      'mounted-too-often',
      `"${path}" is mounted more than ${MAX_LAYERS} times.`,
      'Unmount it on the node.',
    );
  }

  /**
   * Where the kubelet's directory is itself a bind mount, all below it shows up at its other place, too, and goes away
   * there with the name here: no second name that keeps the file system.
   */
  #isSameName(other: Mount, mount: Mount): boolean {
    return other.path.endsWith(mount.path.slice(this.#parts.kubeletDir.length));
  }

  /** The last name of a file system: with it the kernel gives up the cache, so what waits to be written goes out before. */
  async #unmountLast(mount: Mount): Promise<void> {
    const server = await this.#awaitServer(mount);
    if (server === 'silent') return this.#force(mount);
    if (server === 'answers') await this.#flush(mount);
    await this.#detach(mount.path);
  }

  async #awaitServer(mount: Mount): Promise<Server> {
    const wait = { timeoutMs: SILENCE_MS, everyMs: 1000 };
    const found = await waitUntil(this.#parts.clock, wait, async (): Promise<Server | null> => {
      try {
        return (await this.#probe(mount)).code === 0 ? 'answers' : 'refuses';
      } catch {
        return null;
      }
    });
    return found ?? 'silent';
  }

  /** The volume counts as unstaged after this, and the array then shuts the node out: a page still under way would be lost. */
  async #flush(mount: Mount): Promise<void> {
    const { logger, exec } = this.#parts;
    const { code, stderr } = await exec.run('sync', ['-f', mount.path], { timeoutMs: FLUSH_TIMEOUT_MS });
    // Full, or over a quota: whoever wrote was told by fsync or close; nothing here can make room.
    if (code !== 0) logger.warn({ path: mount.path, source: mount.source }, `Not all was written: ${stderr.trim()}`);
  }

  /** Without umount.nfs, which would ask the server, and without a look at the path, which would hang on a dead one. */
  async #detach(path: string): Promise<void> {
    await runTool(this.#parts.exec, 'umount', ['-i', '-c', path], {
      timeoutMs: UNMOUNT_TIMEOUT_MS,
      nextStep: 'See on the node with fuser -vm what uses it; it is tried again by itself.',
    });
  }

  /**
   * The server is silent for good, as far as anybody can tell. The kubelet unstages when no pod of the volume is left, and
   * with hard mounts fsync and close have returned only for what the server had: forcing loses what a crash of the node
   * would lose, and nothing that a program was told to be safe. The lazy unmount comes when forcing has already failed all
   * requests, but somebody holds the mount open still: it takes away the name, and no request.
   */
  async #force(mount: Mount): Promise<void> {
    const { exec, logger } = this.#parts;
    const { path, source } = mount;
    logger.warn({ path, source }, 'The NFS server does not answer; it is unmounted by force.');
    for (const flag of ['-f', '-f', '-l']) {
      try {
        await exec.run('umount', ['-i', '-c', flag, path], { timeoutMs: FORCE_TIMEOUT_MS });
      } catch (error) {
        // The name may be gone all the same, while the kernel still waits with the rest.
        logger.warn({ path, source }, PsoError.from(error).message);
      }
      if ((await this.at(path))?.device !== mount.device) return;
    }
    throw silentServer(source, path);
  }

  #probe(mount: Mount): Promise<ExecResult> {
    return this.#bounded(mount, 'stat', ['-f', '-c', '%S %b %a %f %c %d', mount.path], PROBE_TIMEOUT_MS);
  }

  async #bounded(
    { source, path }: Pick<Mount, 'source' | 'path'>,
    program: string,
    args: readonly string[],
    timeoutMs: number,
  ): Promise<ExecResult> {
    try {
      return await this.#parts.exec.run(program, args, { timeoutMs });
    } catch (error) {
      throw PsoError.from(error).code === 'timeout' ? silentServer(source, path) : error;
    }
  }
}
