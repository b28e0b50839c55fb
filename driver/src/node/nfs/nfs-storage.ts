import { PsoError } from '../../domain/errors.ts';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import type { HostFs } from '../host-fs.ts';
import { requireKubeletPath } from '../host-paths.ts';
import type { Mount } from '../mount-table.ts';
import { mountAt, readMounts } from '../mount-table.ts';
import type { Mounter } from '../mounter.ts';
import type { ExpandRequest, NodeStorage, PublishRequest, StageRequest, VolumeStats } from '../node-storage.ts';
import type { OperationGate } from '../operation-gate.ts';
import type { NfsMounter } from './nfs-mounter.ts';
import { isNfs, nfsSource } from './nfs-mounter.ts';
import type { NfsOptions } from './nfs-options.ts';
import { nfsOptions } from './nfs-options.ts';

export interface NfsStorageParts {
  readonly fs: HostFs;
  readonly kubeletDir: string;
  /** The same for all protocols: an unstage of a volume whose mount is under way must not take another door. */
  readonly gate: OperationGate;
  readonly nfs: NfsMounter;
  readonly mounter: Mounter;
}

type NfsStageRequest = StageRequest<NfsPublishContext>;
type NfsPublishRequest = PublishRequest<NfsPublishContext>;

/** File systems of a FlashBlade: mounted once a volume at the staging path, bound from there into each pod. */
export class NfsStorage implements NodeStorage<NfsPublishContext> {
  readonly #parts: NfsStorageParts;

  constructor(parts: NfsStorageParts) {
    this.#parts = parts;
  }

  stage(request: NfsStageRequest): Promise<void> {
    const stagingPath = this.#path('staging_target_path', request.stagingPath);
    const options = checkedOptions(request);
    return this.#run(request.volumeId, `Stage ${JSON.stringify(request)}`, async () => {
      const existing = await this.#parts.nfs.at(stagingPath);
      if (existing) return requireSource(existing, request.context);
      await this.#parts.nfs.mount(request.context, stagingPath, options);
      const made = await this.#parts.nfs.at(stagingPath);
      if (made === null) throw notStaged(request.volumeId, stagingPath);
      requireSource(made, request.context);
    });
  }

  unstage(volumeId: string, path: string): Promise<void> {
    const stagingPath = this.#path('staging_target_path', path);
    return this.#run(volumeId, `Unstage ${stagingPath}`, () => this.#parts.nfs.unmount(stagingPath));
  }

  publish(request: NfsPublishRequest): Promise<void> {
    const stagingPath = this.#path('staging_target_path', request.stagingPath);
    const targetPath = this.#path('target_path', request.targetPath);
    return this.#run(request.volumeId, `Publish ${JSON.stringify(request)}`, () =>
      this.#publish({ ...request, stagingPath, targetPath }),
    );
  }

  unpublish(volumeId: string, path: string): Promise<void> {
    const targetPath = this.#path('target_path', path);
    return this.#run(volumeId, `Unpublish ${targetPath}`, async () => {
      await this.#parts.nfs.unmount(targetPath);
      await this.#parts.fs.remove(targetPath);
    });
  }

  /** The array has grown the file system already; nothing is to be done here. Answers the size in bytes that the server shows. */
  async expand({ volumeId, volumePath }: ExpandRequest): Promise<number> {
    const { totalBytes } = await this.#parts.nfs.stats(await this.#mounted(volumeId, volumePath));
    return totalBytes;
  }

  async stats(volumeId: string, volumePath: string): Promise<VolumeStats> {
    return { kind: 'mount', ...(await this.#parts.nfs.stats(await this.#mounted(volumeId, volumePath))) };
  }

  async #publish(request: NfsPublishRequest): Promise<void> {
    const { volumeId, context, targetPath, stagingPath, readOnly } = request;
    const mounts = await readMounts(this.#parts.fs);
    const staged = mountAt(mounts, stagingPath);
    if (staged === null) throw notStaged(volumeId, stagingPath);
    requireSource(staged, context);
    const isOurs = ({ device, root }: Mount) => device === staged.device && root === staged.root;
    const existing = mountAt(mounts, targetPath);
    if (existing) return requireSamePublish(existing, isOurs(existing), request);
    const other = mounts.find(
      mount => isOurs(mount) && mount.path !== stagingPath && mount.path.startsWith(`${this.#parts.kubeletDir}/`),
    );
    if (request.access === 'single' && other) throw alreadyPublished(volumeId, other.path);
    await this.#parts.mounter.bindDirectory(stagingPath, targetPath, readOnly);
  }

  async #mounted(volumeId: string, path: string): Promise<Mount> {
    const mount = await this.#parts.nfs.at(this.#path('volume_path', path));
    if (mount && isNfs(mount)) return mount;
    throw new PsoError('not-mounted', `Volume ${volumeId} is not mounted at "${path}".`, 'Stage and publish it first.');
  }

  #path(field: string, path: string): string {
    return requireKubeletPath(this.#parts.kubeletDir, field, path);
  }

  #run<Result>(volumeId: string, operation: string, work: () => Promise<Result>): Promise<Result> {
    return this.#parts.gate.run(volumeId, operation, work);
  }
}

function checkedOptions({ volumeId, context, use, access }: NfsStageRequest): NfsOptions {
  if (use.kind === 'mount') return nfsOptions(context, use.mountFlags, access === 'reader');
  throw new PsoError(
    'file-system-as-device',
    `Volume ${volumeId} is a file system and cannot be a raw block device.`,
    'Use volumeMode Filesystem, or a class with backend: block.',
  );
}

function requireSource(mount: Mount, context: NfsPublishContext): void {
  const expected = nfsSource(context);
  if (isNfs(mount) && mount.source === expected) return;
  throw new PsoError(
    'mount-of-other-volume',
    `"${mount.path}" is already the mount of ${mount.source}, expected ${expected}; nothing was changed.`,
    'Let all pods with this volume leave the node, so that it is mounted anew.',
  );
}

function requireSamePublish(existing: Mount, isOurs: boolean, request: NfsPublishRequest): void {
  if (isOurs && existing.readOnly === request.readOnly) return;
  throw new PsoError(
    'target-occupied',
    `target_path "${request.targetPath}" is already mounted, ${isOurs ? 'but with another read-only flag' : 'but with another volume'}.`,
    'Unpublish it first.',
  );
}

const notStaged = (volumeId: string, path: string): PsoError =>
  new PsoError(
    'not-staged',
    `Volume ${volumeId} is not staged at "${path}".`,
    'NodeStageVolume has to succeed first; the kubelet repeats it.',
  );

const alreadyPublished = (volumeId: string, path: string): PsoError =>
  new PsoError(
    'used-by-other-pod',
    `Volume ${volumeId} may be used by one pod only and is published at "${path}".`,
    'Delete that pod, or use access mode ReadWriteMany.',
  );
