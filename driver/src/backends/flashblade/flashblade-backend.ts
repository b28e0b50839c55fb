import type { ArrayObservation, ArraySettings, ArrayTraffic } from '../../domain/array.ts';
import type { ArrayExamination } from '../../domain/array-check.ts';
import type { DeletedVolume } from '../../domain/deleted-volume.ts';
import type { NodeIdentity } from '../../domain/node-id.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import type { VolumeChanges } from '../../domain/volume-changes.ts';
import type { VolumeDetails, VolumeFigures } from '../../domain/volume-report.ts';
import type { Snapshot, Volume } from '../../domain/volume.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { FLASH_BLADE_DIALECT } from '../../rest/dialect.ts';
import type {
  ArrayBackend,
  ArrayConnection,
  BackendFactory,
  CallContext,
  CreateVolumeSpec,
  Page,
  PublishedVolume,
  PublishSpec,
  UsageOnArray,
  UsageWishes,
} from '../backend.ts';
import { connectRest, type RestDependencies } from '../connect-rest.ts';
import { translated } from '../errors.ts';
import { examine } from '../examine.ts';
import { at } from '../rest-call.ts';
import type { BladeContext, SeenFileSystem } from './blade-context.ts';
import { BladeFacts } from './blade-facts.ts';
import { createFileSystem } from './create-file-system.ts';
import { deleteFileSystem } from './delete-file-system.ts';
import { fileSystemDetails, fileSystemFigures } from './file-system-figures.ts';
import {
  deletedFileSystems,
  expandFileSystem,
  findFileSystem,
  findFileSystems,
  listFileSystems,
} from './file-systems.ts';
import { modifyFileSystem } from './modify-file-system.ts';
import { publishedNodes, publishFileSystem, unpublishFileSystem } from './publish-file-system.ts';
import { createSnapshot, deleteSnapshot, findSnapshot, hasSnapshots, listSnapshots } from './snapshots.ts';
import { usage } from './usage.ts';

const CACHED_NAMES = 20_000;

export const flashBladeFactory =
  (dependencies: RestDependencies): BackendFactory =>
  connection =>
    new FlashBladeBackend(connection, dependencies);

/** One FlashBlade: volumes are file systems. Each method is one file's function; here is only who calls with which urgency. */
export class FlashBladeBackend implements ArrayBackend {
  readonly settings: ArraySettings;
  readonly #array: BladeContext;

  constructor(connection: ArrayConnection, dependencies: RestDependencies) {
    const { endpoint, kind, labels, cordoned, nfsEndpoint } = connection;
    this.settings = { endpoint, kind, labels, cordoned };
    const { clock } = dependencies;
    const rest = connectRest(connection, FLASH_BLADE_DIALECT, dependencies);
    this.#array = {
      rest,
      clock,
      facts: new BladeFacts(rest, clock, this.settings, nfsEndpoint),
      seen: new BoundedMap<SeenFileSystem>(CACHED_NAMES),
      nodes: new BoundedMap(CACHED_NAMES),
    };
  }

  traffic(): ArrayTraffic {
    return this.#array.rest.traffic;
  }

  async observe(call: CallContext): Promise<ArrayObservation> {
    return await translated('reading its state', () => this.#array.facts.observe(at('poll', call)));
  }

  async examine(call: CallContext): Promise<ArrayExamination> {
    return await examine(this.#array.rest, this.#array.facts, call);
  }

  async createVolume(spec: CreateVolumeSpec, call: CallContext): Promise<Volume> {
    return await createFileSystem(this.#array, spec, at('create', call));
  }

  async findVolume(name: string, call: CallContext): Promise<Volume | null> {
    return await findFileSystem(this.#array, name, at('create', call));
  }

  async findVolumes(names: readonly string[], call: CallContext): Promise<readonly Volume[]> {
    return await findFileSystems(this.#array, names, at('create', call));
  }

  async deleteVolume(name: string, call: CallContext): Promise<void> {
    await deleteFileSystem(this.#array, name, at('delete', call));
  }

  async hasSnapshots(volumeName: string, call: CallContext): Promise<boolean> {
    return await hasSnapshots(this.#array, volumeName, at('delete', call));
  }

  async expandVolume(name: string, sizeBytes: number, call: CallContext): Promise<number> {
    return await expandFileSystem(this.#array, name, sizeBytes, at('expand', call));
  }

  async modifyVolume(name: string, changes: VolumeChanges, call: CallContext): Promise<void> {
    await modifyFileSystem(this.#array, name, changes, at('expand', call));
  }

  async listVolumes(
    prefix: string,
    page: { limit: number; token: string | null },
    call: CallContext,
  ): Promise<Page<PublishedVolume>> {
    return await listFileSystems(this.#array, prefix, page, at('poll', call));
  }

  async deletedVolumes(prefix: string, limit: number, call: CallContext): Promise<Page<DeletedVolume>> {
    return await deletedFileSystems(this.#array, prefix, limit, at('poll', call));
  }

  async volumeFigures(names: readonly string[], call: CallContext): Promise<readonly VolumeFigures[]> {
    return await fileSystemFigures(this.#array, names, at('poll', call));
  }

  async volumeDetails(name: string, call: CallContext): Promise<VolumeDetails> {
    return await fileSystemDetails(this.#array, name, at('poll', call));
  }

  async usage(wishes: UsageWishes, call: CallContext): Promise<UsageOnArray> {
    return await usage(this.#array, wishes, at('poll', call));
  }

  async publish(spec: PublishSpec, call: CallContext): Promise<PublishContext> {
    return await publishFileSystem(this.#array, spec, at('attach', call));
  }

  async unpublish(volumeName: string, node: NodeIdentity | null, call: CallContext): Promise<void> {
    await unpublishFileSystem(this.#array, volumeName, node, at('detach', call));
  }

  async publishedNodes(volumeName: string, call: CallContext): Promise<readonly string[]> {
    return await publishedNodes(this.#array, volumeName, at('attach', call));
  }

  async createSnapshot(volumeName: string, suffix: string, call: CallContext): Promise<Snapshot> {
    return await createSnapshot(this.#array, volumeName, suffix, at('snapshot', call));
  }

  async deleteSnapshot(name: string, call: CallContext): Promise<void> {
    await deleteSnapshot(this.#array, name, at('delete', call));
  }

  async findSnapshot(name: string, call: CallContext): Promise<Snapshot | null> {
    return await findSnapshot(this.#array, name, at('snapshot', call));
  }

  async listSnapshots(
    filter: { readonly prefix: string; readonly volumeName: string | null },
    page: { limit: number; token: string | null },
    call: CallContext,
  ): Promise<Page<Snapshot>> {
    return await listSnapshots(this.#array, filter, page, at('poll', call));
  }

  async close(): Promise<void> {
    await this.#array.rest.close();
  }
}
