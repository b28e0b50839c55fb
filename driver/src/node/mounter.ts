import { PsoError } from '../domain/errors.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import { requireNoLink } from './host-paths.ts';
import type { Mount } from './mount-table.ts';
import { mountAt, readMounts } from './mount-table.ts';
import { runTool } from './tool-runner.ts';

export interface MounterParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly kubeletDir: string;
}

const MOUNT_TIMEOUT_MS = 60_000;
/** Mounts stacked at one path by earlier half-way runs. */
const MAX_LAYERS = 8;

/** Mounts below the kubelet's root, idempotently: the mount table is asked before and after. */
export class Mounter {
  readonly #parts: MounterParts;

  constructor(parts: MounterParts) {
    this.#parts = parts;
  }

  async at(path: string): Promise<Mount | null> {
    return mountAt(await readMounts(this.#parts.fs), path);
  }

  /** Mounts a device's file system. `options` are checked tokens. */
  async mountDevice(source: string, path: string, fsType: string, options: readonly string[]): Promise<void> {
    await this.#prepare('staging_target_path', path);
    await this.#parts.fs.makeDirectory(path);
    await this.#mount(['-t', fsType, '-o', options.join(','), source, path]);
  }

  async bindDirectory(source: string, path: string, readOnly: boolean): Promise<void> {
    await this.#prepare('target_path', path);
    await this.#parts.fs.makeDirectory(path);
    await this.#mount(['-o', readOnly ? 'bind,ro' : 'bind', source, path]);
  }

  /** Binds a device node onto an empty file: how a raw block volume gets into a pod. */
  async bindDevice(source: string, path: string): Promise<void> {
    await this.#prepare('target_path', path);
    await this.#parts.fs.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    await this.#parts.fs.makeFile(path);
    await this.#mount(['-o', 'bind', source, path]);
  }

  /** Unmounts all layers at a path; what is not mounted is fine. */
  async unmount(path: string): Promise<void> {
    for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
      if ((await this.at(path)) === null) return;
      // Never lazily: a lazy unmount would report success with writes still under way.
      await runTool(this.#parts.exec, 'umount', [path], {
        timeoutMs: MOUNT_TIMEOUT_MS,
        nextStep: 'See on the node with fuser -vm what uses it; it is tried again by itself.',
      });
    }
    if ((await this.at(path)) === null) return;
    throw new PsoError(
      'mounted-too-often',
      `"${path}" is mounted more than ${MAX_LAYERS} times.`,
      'Unmount it on the node.',
    );
  }

  /** Unmounts and removes the empty mount point. */
  async clear(path: string): Promise<void> {
    await requireNoLink(this.#parts.fs, this.#parts.kubeletDir, 'target_path', path);
    await this.unmount(path);
    await this.#parts.fs.remove(path);
  }

  async #prepare(field: string, path: string): Promise<void> {
    await requireNoLink(this.#parts.fs, this.#parts.kubeletDir, field, path);
  }

  async #mount(args: readonly string[]): Promise<void> {
    await runTool(this.#parts.exec, 'mount', args, {
      timeoutMs: MOUNT_TIMEOUT_MS,
      nextStep: 'See the kernel log of the node (dmesg) for the reason.',
    });
  }
}
