import { formatBytes } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { SanPublishContext } from '../domain/publish-context.ts';
import type { Clock } from '../lib/clock.ts';
import type { AttachedDevice } from './attachment.ts';
import type { Disk } from './block-devices.ts';
import { devicePath } from './block-devices.ts';
import type { Exec } from './exec.ts';
import type { FileSystem } from './file-system.ts';
import { isFull } from './file-system.ts';
import type { HostFs } from './host-fs.ts';
import { requireKubeletPath } from './host-paths.ts';
import type { Mount } from './mount-table.ts';
import { readMounts } from './mount-table.ts';
import type { Mounter } from './mounter.ts';
import type {
  ExpandRequest,
  NodeStorage,
  PublishRequest,
  StageRequest,
  VolumeStats,
  VolumeUse,
} from './node-storage.ts';
import type { OperationGate } from './operation-gate.ts';
import type { FsType } from './option-tokens.ts';
import { createOptions, mountOptions, requireFsType } from './option-tokens.ts';
import type { SanTransport } from './san-transport.ts';
import { targetsOf } from './san-transport.ts';
import type { StagingNotes } from './staging-notes.ts';
import { runTool } from './tool-runner.ts';
import { waitUntil } from './wait-until.ts';

export interface SanStorageParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly kubeletDir: string;
  readonly gate: OperationGate;
  readonly san: SanTransport;
  readonly fileSystem: FileSystem;
  readonly mounter: Mounter;
  readonly notes: StagingNotes;
}

type SanStageRequest = StageRequest<SanPublishContext>;
type SanPublishRequest = PublishRequest<SanPublishContext>;

const GROWN_TIMEOUT_MS = 20_000;

/** Block volumes of a FlashArray over a SAN with several paths. */
export class SanStorage implements NodeStorage<SanPublishContext> {
  readonly #parts: SanStorageParts;

  constructor(parts: SanStorageParts) {
    this.#parts = parts;
  }

  stage(request: SanStageRequest): Promise<void> {
    const stagingPath = this.#path('staging_target_path', request.stagingPath);
    return this.#run(request.volumeId, `Stage ${JSON.stringify(request)}`, () =>
      this.#stage({ ...request, stagingPath }),
    );
  }

  unstage(volumeId: string, path: string): Promise<void> {
    const stagingPath = this.#path('staging_target_path', path);
    return this.#run(volumeId, `Unstage ${stagingPath}`, () => this.#unstage(volumeId, stagingPath));
  }

  publish(request: SanPublishRequest): Promise<void> {
    const stagingPath = this.#path('staging_target_path', request.stagingPath);
    const targetPath = this.#path('target_path', request.targetPath);
    return this.#run(request.volumeId, `Publish ${JSON.stringify(request)}`, () =>
      this.#publish({ ...request, stagingPath, targetPath }),
    );
  }

  unpublish(volumeId: string, path: string): Promise<void> {
    const targetPath = this.#path('target_path', path);
    return this.#run(volumeId, `Unpublish ${targetPath}`, () => this.#parts.mounter.clear(targetPath));
  }

  expand(request: ExpandRequest): Promise<number> {
    const volumePath = this.#mountedPath(request.volumeId, request.volumePath);
    return this.#run(request.volumeId, `Expand ${JSON.stringify(request)}`, () =>
      this.#expand({ ...request, volumePath }),
    );
  }

  /** Not gated: it changes nothing, and the kubelet asks often. */
  async stats(volumeId: string, path: string): Promise<VolumeStats> {
    const volumePath = this.#mountedPath(volumeId, path);
    const { mount, wwid } = await this.#mounted(volumeId, volumePath);
    if (mount.root === '/' || !mount.fsType.endsWith('tmpfs')) {
      return { kind: 'mount', ...(await this.#parts.fs.stats(volumePath)) };
    }
    const map = wwid === null ? null : await this.#parts.san.deviceOf(wwid);
    if (map === null) throw notThere(volumeId, volumePath);
    return { kind: 'block', totalBytes: map.bytes };
  }

  async #stage(request: SanStageRequest): Promise<void> {
    const { context, stagingPath, volumeId, use } = request;
    // All strings are checked before anything is touched.
    const options = use.kind === 'mount' ? formatOptions(request, use) : null;
    const mount = await this.#parts.mounter.at(stagingPath);
    if (mount) return this.#requireDevice(mount, context.wwid);
    await this.#parts.notes.write({ volumeId, wwid: context.wwid, stagingPath, ...targetsOf(context) });
    const device = await this.#parts.san.attach(context);
    void this.#parts.san.complete(device);
    if (options) await this.#mountStaged(device, request, options);
  }

  async #mountStaged(device: AttachedDevice, request: SanStageRequest, options: FormatOptions): Promise<void> {
    const { fileSystem, mounter } = this.#parts;
    const { stagingPath, context } = request;
    const { isNew, bytes } = await fileSystem.ensure(device, options);
    await mounter.mountDevice(devicePath(device.map.device), stagingPath, options.fsType, options.mountOptions);
    const made = await mounter.at(stagingPath);
    if (made) await this.#requireDevice(made, context.wwid);
    // A clone or restored snapshot may be larger than its source; nobody else would grow it.
    if (isNew || options.readOnly || (bytes !== null && isFull(bytes, device.map.bytes))) return;
    await fileSystem.grow(device, options.fsType, stagingPath);
  }

  async #requireDevice(mount: Mount, wwid: string): Promise<void> {
    const found = await this.#parts.san.wwidOfNumber(mount.device);
    if (found === wwid) return;
    throw new PsoError(
      'mount-of-other-volume',
      `"${mount.path}" is already the mount of ${found ?? `device ${mount.device}`}, expected volume ${wwid}.`,
      'Unmount it on the node; nothing was changed.',
    );
  }

  /** Works from the mount table and sysfs; the note only adds what a raw or half-staged volume does not show there. */
  async #unstage(volumeId: string, stagingPath: string): Promise<void> {
    const { mounter, notes, san } = this.#parts;
    const [mount, note] = await Promise.all([mounter.at(stagingPath), notes.read(volumeId)]);
    const mountedWwid = mount === null ? null : await san.wwidOfNumber(mount.device);
    await mounter.unmount(stagingPath);
    const wwid = mountedWwid ?? note?.wwid;
    if (wwid !== undefined) await san.remove(wwid, volumeId);
    for (const target of [note?.target, note?.peerTarget]) {
      if (target !== undefined) await san.leaveIfUnused(target, volumeId);
    }
    await notes.forget(volumeId);
  }

  async #publish(request: SanPublishRequest): Promise<void> {
    const { context, targetPath, stagingPath, use, readOnly } = request;
    const map = await this.#parts.san.deviceOf(context.wwid);
    const staged = await this.#parts.mounter.at(stagingPath);
    if (map === null || (use.kind === 'mount' && staged === null)) throw notStaged(request);
    if (staged) await this.#requireDevice(staged, context.wwid);
    const isOurs = ({ device, root }: Mount) =>
      use.kind === 'mount' ? device === map.number : root === `/${map.device}`;
    const mounts = (await readMounts(this.#parts.fs)).filter(isOurs);
    const existing = await this.#parts.mounter.at(targetPath);
    if (existing) return requireSamePublish(existing, isOurs(existing), request);
    const other = mounts.find(({ path }) => path !== stagingPath && path.startsWith(`${this.#parts.kubeletDir}/`));
    if (request.access === 'single' && other) throw alreadyPublished(request, other.path);
    if (use.kind === 'mount') return this.#parts.mounter.bindDirectory(stagingPath, targetPath, readOnly);
    await this.#setReadOnly(map.device, readOnly, other?.path ?? null);
    await this.#parts.mounter.bindDevice(devicePath(map.device), targetPath);
  }

  /** A read-only bind does not protect a device node: the device itself has to refuse writes. */
  async #setReadOnly(device: string, readOnly: boolean, otherUser: string | null): Promise<void> {
    const is = (await this.#parts.fs.readText(`/sys/block/${device}/ro`))?.trim() === '1';
    if (is === readOnly) return;
    if (otherUser !== null) {
      throw new PsoError(
        'read-only-differs',
        `Device ${device} is published ${is ? 'read-only' : 'for writing'} at ${otherUser} and asked for ${readOnly ? 'read-only' : 'for writing'} here.`,
        'Use one access mode for all pods of a raw volume on one node.',
      );
    }
    await runTool(this.#parts.exec, 'blockdev', [readOnly ? '--setro' : '--setrw', devicePath(device)], {
      timeoutMs: 10_000,
      nextStep: 'See the kernel log of the node.',
    });
  }

  async #expand(request: ExpandRequest): Promise<number> {
    const { volumeId, volumePath } = request;
    const { mount, wwid } = await this.#mounted(volumeId, volumePath);
    if (wwid === null) throw notThere(volumeId, volumePath);
    await this.#waitForGrownPaths(wwid, request.requiredBytes);
    const map = await this.#parts.san.deviceOf(wwid);
    const paths = await this.#parts.san.pathsOf(wwid);
    if (map === null) throw notThere(volumeId, volumePath);
    if (paths.some(path => path.bytes !== map.bytes)) await this.#parts.san.resize(map);
    const device = await this.#parts.san.verify(wwid, paths.length, paths);
    await this.#growMounted(device, mount);
    return device.map.bytes;
  }

  /** Through a mount that may write: a pod's read-only bind refuses. A volume staged read-only keeps its file system's size. */
  async #growMounted(device: AttachedDevice, mount: Mount): Promise<void> {
    if (mount.fsType !== 'ext4' && mount.fsType !== 'xfs') return;
    const mounts = await readMounts(this.#parts.fs);
    const writable = mounts.find(({ device: number, readOnly }) => number === device.map.number && !readOnly);
    if (writable) await this.#parts.fileSystem.grow(device, mount.fsType, writable.path);
  }

  /** All paths rescanned until each has the new size; one that is down keeps the old one and would break the map (F8, F15). */
  async #waitForGrownPaths(wwid: string, requiredBytes: number): Promise<void> {
    const isGrown = (paths: readonly Disk[]) =>
      paths.length > 0 && paths.every(path => path.bytes >= requiredBytes && path.bytes === paths[0]?.bytes);
    const wait = { timeoutMs: GROWN_TIMEOUT_MS, everyMs: 500 };
    const grown = await waitUntil(this.#parts.clock, wait, async () => {
      await this.#parts.san.rescan(await this.#parts.san.pathsOf(wwid));
      const paths = await this.#parts.san.pathsOf(wwid);
      return isGrown(paths) ? paths : null;
    });
    if (grown) return;
    const sizes = (await this.#parts.san.pathsOf(wwid)).map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`);
    throw new PsoError(
      'path-size-differs',
      `Volume ${wwid}: not every path has ${formatBytes(requiredBytes)} yet: ${sizes.join(', ') || 'no path'}.`,
      'Check multipath -ll on the node for paths that are down; it is tried again by itself.',
      { finality: 'in-doubt' },
    );
  }

  /** The volume that is mounted or bound at a path, known by the device and not by what the caller says. */
  async #mounted(volumeId: string, path: string): Promise<{ mount: Mount; wwid: string | null }> {
    const direct = await this.#parts.mounter.at(path);
    if (direct) return { mount: direct, wwid: await this.#wwidOf(direct) };
    const note = await this.#parts.notes.read(volumeId);
    const isStagedRaw = note?.stagingPath === path || (note !== null && path.startsWith(`${note.stagingPath}/`));
    const map = note && isStagedRaw ? await this.#parts.san.deviceOf(note.wwid) : null;
    if (note === null || map === null) throw notThere(volumeId, path);
    return {
      mount: {
        path,
        device: map.number,
        root: `/${map.device}`,
        fsType: 'devtmpfs',
        source: devicePath(map.device),
        readOnly: false,
      },
      wwid: note.wwid,
    };
  }

  #wwidOf(mount: Mount): Promise<string | null> {
    const bound = mount.fsType.endsWith('tmpfs') ? /^\/([\w-]+)$/.exec(mount.root)?.[1] : undefined;
    return bound === undefined ? this.#parts.san.wwidOfNumber(mount.device) : this.#parts.san.wwidOfName(bound);
  }

  /** A path that this driver would never mount at is one where the volume is not. */
  #mountedPath(volumeId: string, path: string): string {
    try {
      return this.#path('volume_path', path);
    } catch {
      throw notThere(volumeId, path.slice(0, 200));
    }
  }

  #path(field: string, path: string): string {
    return requireKubeletPath(this.#parts.kubeletDir, field, path);
  }

  #run<Result>(volumeId: string, operation: string, work: () => Promise<Result>): Promise<Result> {
    return this.#parts.gate.run(volumeId, operation, work);
  }
}

interface FormatOptions {
  readonly fsType: FsType;
  readonly mountOptions: readonly string[];
  readonly createOptions: readonly string[];
  readonly isCreatedBlank: boolean;
  readonly createdBytes: number;
  readonly readOnly: boolean;
}

/** All strings checked before anything is touched. */
function formatOptions(request: SanStageRequest, use: Extract<VolumeUse, { kind: 'mount' }>): FormatOptions {
  const fsType = requireFsType(use.fsType);
  const readOnly = request.access === 'reader';
  return {
    fsType,
    mountOptions: mountOptions(fsType, use.mountFlags, readOnly),
    createOptions: createOptions(fsType, request.createOptions),
    isCreatedBlank: request.isCreatedBlank,
    createdBytes: request.createdBytes,
    readOnly,
  };
}

function requireSamePublish(existing: Mount, isOurs: boolean, request: SanPublishRequest): void {
  const isSame = isOurs && (request.use.kind === 'block' || existing.readOnly === request.readOnly);
  if (isSame) return;
  throw new PsoError(
    'target-occupied',
    `target_path "${request.targetPath}" is already mounted, ${isOurs ? 'but with another read-only flag' : 'but with another volume'}.`,
    'Unpublish it first.',
  );
}

const notThere = (volumeId: string, path: string): PsoError =>
  new PsoError('not-mounted', `Volume ${volumeId} is not mounted at "${path}".`, 'Stage and publish it first.');

const notStaged = (request: SanPublishRequest): PsoError =>
  new PsoError(
    'not-staged',
    `Volume ${request.volumeId} is not staged at "${request.stagingPath}".`,
    'NodeStageVolume has to succeed first; the kubelet repeats it.',
  );

const alreadyPublished = (request: SanPublishRequest, path: string): PsoError =>
  new PsoError(
    'used-by-other-pod',
    `Volume ${request.volumeId} may be used by one pod only and is published at "${path}".`,
    'Delete that pod, or use access mode ReadWriteOnce.',
  );
