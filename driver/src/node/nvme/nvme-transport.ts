import { formatBytes } from '../../domain/bytes.ts';
import { PsoError } from '../../domain/errors.ts';
import type { NvmePublishContext } from '../../domain/publish-context.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { AttachedDevice } from '../attachment.ts';
import type { Disk, MultipathMap } from '../block-devices.ts';
import { devicePath } from '../block-devices.ts';
import type { Exec } from '../exec.ts';
import type { HostFs } from '../host-fs.ts';
import type { SanTransport } from '../san-transport.ts';
import type { KeyedMutex } from '../semaphore.ts';
import type { StagingNotes } from '../staging-notes.ts';
import { runTool } from '../tool-runner.ts';
import { waitUntil } from '../wait-until.ts';
import type { NvmeController } from './controllers.ts';
import { controllerFile } from './controllers.ts';
import type { Namespace } from './namespaces.ts';
import { listNamespaces, namespaceOf } from './namespaces.ts';
import { usersOf } from './namespace-users.ts';
import type { NvmeLogin } from './nvme-login.ts';

export interface NvmeTransportParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notes: StagingNotes;
  readonly login: NvmeLogin;
  /** By target NQN: looking for a namespace and the last one's disconnection never overlap. */
  readonly targets: KeyedMutex;
}

const NAMESPACE_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 20;
/** The kernel refuses a namespace while it still knows its NGUID at another number, and forgets that only afterwards. */
const LOOKS_TO_RESCAN = 50;
const FLUSH_TIMEOUT_MS = 60_000;

/** NVMe over TCP or RoCE with the kernel's own multipathing (ANA). A namespace goes when the array takes it away, not before. */
export class NvmeTransport implements SanTransport<NvmePublishContext> {
  readonly #parts: NvmeTransportParts;

  constructor(parts: NvmeTransportParts) {
    this.#parts = parts;
  }

  attach(context: NvmePublishContext): Promise<AttachedDevice> {
    return this.#parts.targets.run(context.targetNqn, async () => {
      const controllers = await this.#parts.login.ensure(context);
      await this.#rescan(controllers.map(({ name }) => name));
      await this.#waitForNamespace(context, controllers);
      const device = await this.#verified(context.wwid, context.portals.length);
      this.#warnOfMissing(device);
      return device;
    });
  }

  /** All is done by then. */
  complete(): Promise<void> {
    return Promise.resolve();
  }

  async verify(wwid: string, expectedPaths: number, known: readonly Disk[]): Promise<AttachedDevice> {
    await this.rescan(known);
    return this.#verified(wwid, expectedPaths);
  }

  async rescan(paths: readonly Disk[]): Promise<void> {
    await this.#rescan([...new Set(paths.map(({ address }) => address.replace(/:.*$/, '')))]);
  }

  async deviceOf(wwid: string): Promise<MultipathMap | null> {
    return (await namespaceOf(this.#parts.fs, wwid))?.device ?? null;
  }

  async pathsOf(wwid: string): Promise<readonly Disk[]> {
    return (await namespaceOf(this.#parts.fs, wwid))?.paths ?? [];
  }

  async wwidOfNumber(number: string): Promise<string | null> {
    return (await listNamespaces(this.#parts.fs)).find(({ device }) => device.number === number)?.wwid ?? null;
  }

  async wwidOfName(name: string): Promise<string | null> {
    return (await listNamespaces(this.#parts.fs)).find(({ device }) => device.device === name)?.wwid ?? null;
  }

  /** The kernel does so by itself when a path has grown; the caller compares the sizes. */
  resize(): Promise<void> {
    return Promise.resolve();
  }

  async remove(wwid: string, volumeId: string): Promise<void> {
    const namespace = await namespaceOf(this.#parts.fs, wwid);
    if (namespace === null) return;
    await this.#requireUnused(namespace);
    // Not answered with success: the kubelet would let the array disconnect, and the data would be gone (F10, F11).
    await runTool(this.#parts.exec, 'blockdev', ['--flushbufs', devicePath(namespace.device.device)], {
      timeoutMs: FLUSH_TIMEOUT_MS,
      nextStep: 'Check the paths on the node with nvme list-subsys; it is tried again by itself.',
    });
    if (namespace.targetNqn !== null) await this.leaveIfUnused(namespace.targetNqn, volumeId);
  }

  /** A controller is all volumes' of the array: it stays while any is mounted, bound, built upon or staged. */
  async leaveIfUnused(targetNqn: string, volumeId: string): Promise<void> {
    await this.#parts.targets.run(targetNqn, async () => {
      const notes = await this.#parts.notes.all();
      if (notes.some(note => note.target === targetNqn && note.volumeId !== volumeId)) return;
      const all = await listNamespaces(this.#parts.fs);
      const users = await Promise.all(
        all.filter(one => one.targetNqn === targetNqn).map(one => usersOf(this.#parts.fs, one)),
      );
      if (users.flat().length === 0) await this.#parts.login.disconnect(targetNqn);
    });
  }

  async #rescan(controllers: readonly string[]): Promise<void> {
    await Promise.all(
      controllers.map(async name => {
        try {
          await this.#parts.fs.writeText(controllerFile(name, 'rescan_controller'), '1');
        } catch (error) {
          // A path may be down at this moment; what is there is compared afterwards.
          this.#parts.logger.debug({ device: name }, `rescan failed: ${PsoError.from(error).message}`);
        }
      }),
    );
  }

  /**
   * Until each live controller shows it. The number tells a leftover from the volume: the kernel's memory of an NGUID may be
   * older than what the array has at that number now.
   */
  async #waitForNamespace(context: NvmePublishContext, controllers: readonly NvmeController[]): Promise<void> {
    const names = controllers.map(({ name }) => name);
    const pathsOf = (namespace: Namespace) =>
      namespace.paths.filter(path => names.includes(path.controller) && path.nsid === context.nsid);
    const look = async (least: number) => {
      const namespace = await namespaceOf(this.#parts.fs, context.wwid);
      const isIt = namespace?.nsid === context.nsid && namespace.device.bytes > 0;
      return isIt && pathsOf(namespace).length >= least ? namespace : null;
    };
    let looks = 0;
    const wait = { timeoutMs: NAMESPACE_TIMEOUT_MS, everyMs: LOOK_EVERY_MS };
    const complete = await waitUntil(this.#parts.clock, wait, async () => {
      if ((looks += 1) % LOOKS_TO_RESCAN === 0) await this.#rescan(names);
      return look(names.length);
    });
    const found = complete ?? (await look(1));
    if (found === null) throw await this.#withoutNamespace(context, names.length);
  }

  async #withoutNamespace(context: NvmePublishContext, controllers: number): Promise<PsoError> {
    const { wwid, nsid, targetNqn } = context;
    const other = await namespaceOf(this.#parts.fs, wwid);
    const seen = other === null ? '' : `; ${other.device.name} has its NGUID, but number ${other.nsid}`;
    return new PsoError(
      'no-device',
      `Volume ${wwid}: no namespace ${nsid} of subsystem ${targetNqn} on ${controllers} controllers${seen}.`,
      'Check on the array that the volume is connected to this host; nvme list -v on the node shows what is there.',
      { finality: 'in-doubt' },
    );
  }

  async #verified(wwid: string, expectedPaths: number): Promise<AttachedDevice> {
    const namespace = await namespaceOf(this.#parts.fs, wwid);
    if (namespace === null || namespace.paths.length === 0) throw gone(wwid);
    const { device, paths, nsid } = namespace;
    const foreign = paths.find(path => path.wwid !== wwid || path.nsid !== nsid);
    if (foreign) throw foreignPath(namespace, foreign);
    const different = paths.find(path => path.bytes !== device.bytes);
    if (different) throw differentSize(namespace, different);
    return { wwid, map: device, paths, expectedPaths };
  }

  #warnOfMissing({ wwid, map, paths, expectedPaths }: AttachedDevice): void {
    if (paths.length >= expectedPaths) return;
    this.#parts.logger.warn(
      { device: map.name, paths: paths.length, expected: expectedPaths },
      `Volume ${wwid} is used with ${paths.length} of ${expectedPaths} paths.`,
    );
  }

  async #requireUnused(namespace: Namespace): Promise<void> {
    const [user] = await usersOf(this.#parts.fs, namespace);
    if (user === undefined) return;
    throw new PsoError(
      'map-in-use',
      `Volume ${namespace.wwid}: its device ${namespace.device.name} is still in use by ${user}.`,
      'Unmount it, or deactivate what was built on it (LVM, RAID), on the node.',
    );
  }
}

const gone = (wwid: string): PsoError =>
  new PsoError(
    'devices-gone',
    `Volume ${wwid}: its paths went away while they were checked.`,
    'It is tried again by itself; look at the kernel log of the node if it stays.',
    { finality: 'in-doubt' },
  );

const foreignPath = ({ wwid, device }: Namespace, path: Disk): PsoError =>
  new PsoError(
    'foreign-path',
    `Volume ${wwid}: path ${path.name} of ${device.name} is ${path.wwid ?? 'a namespace without identity'} at ${path.address}, a different one.`,
    'Nothing was written. Look at nvme list -v on the node.',
  );

const differentSize = ({ wwid, device }: Namespace, path: Disk): PsoError =>
  new PsoError(
    'path-size-differs',
    `Volume ${wwid}: path ${path.name} has ${formatBytes(path.bytes)}, its device ${device.name} ${formatBytes(device.bytes)}.`,
    'Check nvme list-subsys on the node: a path that is down keeps its old size.',
    { finality: 'in-doubt' },
  );
