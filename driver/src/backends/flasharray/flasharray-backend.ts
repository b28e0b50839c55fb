import type { ArrayObservation, ArraySettings, ArrayTraffic } from '../../domain/array.ts';
import type { ArrayExamination } from '../../domain/array-check.ts';
import type { ChapKeySource } from '../../domain/chap.ts';
import type { DeletedVolume } from '../../domain/deleted-volume.ts';
import type { NodeIdentity } from '../../domain/node-id.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import type { Snapshot, Volume } from '../../domain/volume.ts';
import type { VolumeChanges } from '../../domain/volume-changes.ts';
import type { VolumeDetails, VolumeFigures } from '../../domain/volume-report.ts';
import type { Clock } from '../../lib/clock.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { FLASH_ARRAY_DIALECT } from '../../rest/dialect.ts';
import type {
  ArrayConnection,
  BackendFactory,
  ArrayBackend,
  CallContext,
  CreateVolumeSpec,
  GroupSnapshots,
  Page,
  PublishedVolume,
  PublishSpec,
  SharedPods,
  UsageOnArray,
  UsageWishes,
  VolumeCopy,
} from '../backend.ts';
import { connectRest, type RestDependencies } from '../connect-rest.ts';
import { at } from '../rest-call.ts';
import type { ArrayContext } from './array-context.ts';
import { ArrayFacts } from './array-facts.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import { translated } from '../errors.ts';
import { examine } from '../examine.ts';
import { createGroupSnapshot, deleteGroupSnapshot, findGroupSnapshot } from './group-snapshots.ts';
import { HostDirectory } from './host-directory.ts';
import { modifyVolume } from './modify-volume.ts';
import { publishedNodes, publishVolume, unpublishVolume } from './publish-volume.ts';
import { nodesInPod, sharedPods } from './shared-pods.ts';
import { createSnapshot, deleteSnapshot, findSnapshot, hasSnapshots, listSnapshots } from './snapshots.ts';
import { usage } from './usage.ts';
import { volumeCopies } from './volume-copies.ts';
import { volumeDetails, volumeFigures } from './volume-figures.ts';
import type { ListScope } from './volumes.ts';
import { ConnectionTable, deletedVolumes, expandVolume, findVolume, findVolumes, listVolumes } from './volumes.ts';

const CACHED_NAMES = 20_000;
/** A listing's pages are asked for in one go. */
const CONNECTIONS_FRESH_MS = 60_000;

export interface FlashArrayDependencies extends RestDependencies {
  /** What nodes prove themselves with by CHAP comes from this key; absent: no CHAP. */
  readonly chapKey?: ChapKeySource | null;
}

export const flashArrayFactory =
  (dependencies: FlashArrayDependencies): BackendFactory =>
  connection =>
    new FlashArrayBackend(connection, dependencies);

/** One FlashArray or Cloud Block Store. Each method is one file's function; here is only who calls with which urgency. */
export class FlashArrayBackend implements ArrayBackend {
  readonly settings: ArraySettings;
  readonly groupSnapshots: GroupSnapshots = {
    create: (group, volumeNames, call) => createGroupSnapshot(this.#array, group, volumeNames, at('snapshot', call)),
    find: (name, call) => findGroupSnapshot(this.#array, name, at('snapshot', call)),
    delete: (name, isOurGroup, call) => deleteGroupSnapshot(this.#array, name, isOurGroup, at('delete', call)),
  };
  readonly sharedPods: SharedPods = {
    list: call => sharedPods(this.#array, at('poll', call)),
    publishedNodes: (pod, call) => nodesInPod(this.#array, pod, at('poll', call)),
  };
  readonly #array: ArrayContext;
  readonly #clock: Clock;
  #scope: ListScope | null = null;
  #connections: { readonly table: ConnectionTable; readonly takenAtMs: number } | null = null;

  constructor(connection: ArrayConnection, dependencies: FlashArrayDependencies) {
    const { endpoint, kind, labels, cordoned } = connection;
    this.settings = { endpoint, kind, labels, cordoned };
    this.#clock = dependencies.clock;
    const sanType = connection.sanType ?? 'iscsi';
    const rest = connectRest(connection, FLASH_ARRAY_DIALECT, dependencies);
    this.#array = {
      rest,
      facts: new ArrayFacts(rest, dependencies.clock, this.settings, {
        sanType,
        allowedCidrs: connection.iscsiAllowedCidrs,
      }),
      hosts: new HostDirectory(rest, sanType, dependencies.chapKey ?? null),
      serials: new BoundedMap(CACHED_NAMES),
      tagged: new BoundedMap(CACHED_NAMES),
    };
  }

  traffic(): ArrayTraffic {
    return this.#array.rest.traffic;
  }

  async observe(call: CallContext): Promise<ArrayObservation> {
    const observation = await translated('reading its state', () => this.#array.facts.observe(at('poll', call)));
    const { warnings } = this.#array.hosts;
    return warnings.length === 0 ? observation : { ...observation, warnings: [...warnings, ...observation.warnings] };
  }

  async examine(call: CallContext): Promise<ArrayExamination> {
    return await examine(this.#array.rest, this.#array.facts, call);
  }

  async createVolume(spec: CreateVolumeSpec, call: CallContext): Promise<Volume> {
    return await createVolume(this.#array, spec, at('create', call));
  }

  async findVolume(name: string, call: CallContext): Promise<Volume | null> {
    return await findVolume(this.#array, name, at('create', call));
  }

  async findVolumes(names: readonly string[], call: CallContext): Promise<readonly Volume[]> {
    return await findVolumes(this.#array, names, at('create', call));
  }

  async deleteVolume(name: string, call: CallContext): Promise<void> {
    await deleteVolume(this.#array, name, at('delete', call));
  }

  async hasSnapshots(volumeName: string, call: CallContext): Promise<boolean> {
    return await hasSnapshots(this.#array, volumeName, at('delete', call));
  }

  async expandVolume(name: string, sizeBytes: number, call: CallContext): Promise<number> {
    return await expandVolume(this.#array, name, sizeBytes, at('expand', call));
  }

  async modifyVolume(name: string, changes: VolumeChanges, call: CallContext): Promise<void> {
    await modifyVolume(this.#array, name, changes, at('expand', call));
  }

  async listVolumes(
    prefix: string,
    page: { limit: number; token: string | null },
    call: CallContext,
    imported: readonly string[] = [],
  ): Promise<Page<PublishedVolume>> {
    // A page goes on in the list that its token is of.
    const scope = page.token === null || !this.#scope ? { prefix, imported } : this.#scope;
    this.#scope = scope;
    if (page.token === null) this.#connections = null;
    return await listVolumes(this.#array, scope, page, () => this.#connectionTable(scope, call), at('poll', call));
  }

  async deletedVolumes(prefix: string, limit: number, call: CallContext): Promise<Page<DeletedVolume>> {
    return await deletedVolumes(this.#array, prefix, limit, at('poll', call));
  }

  async volumeFigures(names: readonly string[], call: CallContext): Promise<readonly VolumeFigures[]> {
    return await volumeFigures(this.#array, names, at('poll', call));
  }

  async volumeDetails(name: string, call: CallContext): Promise<VolumeDetails> {
    return await volumeDetails(this.#array, name, at('poll', call));
  }

  async usage(wishes: UsageWishes, call: CallContext): Promise<UsageOnArray> {
    return await usage(this.#array, wishes, at('poll', call));
  }

  async publish(spec: PublishSpec, call: CallContext): Promise<PublishContext> {
    return await publishVolume(this.#array, spec, at('attach', call));
  }

  async unpublish(volumeName: string, node: NodeIdentity | null, call: CallContext): Promise<void> {
    await unpublishVolume(this.#array, volumeName, node, at('detach', call));
  }

  async copiesOf(volumeName: string, call: CallContext): Promise<readonly VolumeCopy[]> {
    return await volumeCopies(this.#array, volumeName, at('attach', call));
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

  async #connectionTable(scope: ListScope, call: CallContext): Promise<ConnectionTable> {
    const kept = this.#connections;
    const isFresh = kept !== null && this.#clock.nowMs() - kept.takenAtMs < CONNECTIONS_FRESH_MS;
    if (isFresh && kept.table.covers(scope)) return kept.table;
    const takenAtMs = this.#clock.nowMs();
    const table = await ConnectionTable.read(this.#array, scope, at('poll', call));
    this.#connections = { table, takenAtMs };
    return table;
  }
}
