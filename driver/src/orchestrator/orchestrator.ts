import { backendTypeOf } from '../domain/array.ts';
import type { BackendType, Protocol } from '../domain/array.ts';
import type { PublishContext } from '../domain/publish-context.ts';
import { formatNodeId, initiatorOf, withoutInitiator } from '../domain/node-id.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import { PsoError } from '../domain/errors.ts';
import { formatHandle } from '../domain/volume.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { GroupSnapshot, Snapshot, Volume, VolumeHandle } from '../domain/volume.ts';
import { InFlight } from '../lib/in-flight.ts';
import { kindOf } from '../placement/framework.ts';
import { place } from '../placement/place.ts';
import { GroupSnapshots } from './group-snapshots.ts';
import { HandleResolver } from './handle-resolver.ts';
import { NodeIds } from './node-ids.ts';
import type { NodeDirectory } from './node-ids.ts';
import { modifyVolume } from './volume-modifier.ts';
import { toPlacement } from './placement-request.ts';
import type { CallContext, Capacity, CapacityRequest, CreatedVolume, CreateVolumeRequest, ListedVolume, ListPage, PartialReport, PublishRequest, SnapshotLedger } from './requests.ts'; // prettier-ignore
import { SnapshotOperations } from './snapshot-operations.ts';
import { mayHaveCopies, VolumeConnections } from './volume-connections.ts';
import type { VolumeCreatorParts } from './volume-creator.ts';
import { VolumeCreator } from './volume-creator.ts';
import { listVolumes, publishedNodeIds } from './volume-listing.ts';
import type { VolumeListingParts } from './volume-listing.ts';
import { volumeSize } from './volume-size.ts';

export interface OrchestratorParts extends VolumeCreatorParts {
  readonly ledger: SnapshotLedger;
  /** Absent outside a cluster. */
  readonly nodes?: NodeDirectory | null;
  /** Ids of all PersistentVolumes; null while they are not known. */
  readonly volumeIds?: () => Iterable<string> | null;
  readonly onPartial?: (report: PartialReport) => void;
}

/** A call that comes before the arrays were asked waits so long for them. */
const FIRST_CONTACT_MS = 3000;

const conflict = (key: string): PsoError =>
  new PsoError(
    'call-overlapping',
    `Another call for ${key} is running with other arguments.`,
    'It is tried again by itself.',
  );

/** CSI's NOT_FOUND "node does not exist": nothing on the array could stand for it. */
function requireReachable(node: NodeIdentity, type: BackendType, protocols: readonly Protocol[]): void {
  const sans = protocols.filter(protocol => protocol !== 'nfs');
  const [first] = sans;
  if (type === 'file' || !first || sans.some(san => initiatorOf(node, san) !== null)) return;
  throw withoutInitiator(node, first);
}

/** Everything that the controller does with volumes; each operation names its array by the handle alone. */
export class Orchestrator {
  /** Every call starts with an id of somebody's. */
  readonly handles: HandleResolver;
  readonly groupSnapshots: GroupSnapshots;
  readonly #parts: OrchestratorParts;
  readonly #creator: VolumeCreator;
  readonly #snapshots: SnapshotOperations;
  readonly #inFlight = new InFlight(conflict);
  readonly #nodeIds: NodeIds;
  readonly #connections: VolumeConnections;
  readonly #listing: VolumeListingParts;

  constructor(parts: OrchestratorParts) {
    this.#parts = parts;
    this.handles = new HandleResolver(parts);
    this.groupSnapshots = new GroupSnapshots(parts.fleet, parts.clusterId);
    this.#nodeIds = new NodeIds(parts.clock, parts.nodes ?? null);
    this.#creator = new VolumeCreator(parts);
    this.#connections = new VolumeConnections({
      fleet: parts.fleet,
      onPartial: (volume, error) => parts.onPartial?.({ id: this.handles.idOf(volume), error }),
    });
    this.#listing = {
      fleet: parts.fleet,
      handles: this.handles,
      nodeIds: this.#nodeIds,
      prefix: `${parts.clusterId}-`,
      volumeIds: parts.volumeIds ?? (() => null),
    };
    this.#snapshots = new SnapshotOperations(parts.fleet, `${parts.clusterId}-`);
  }

  /** Watches who else may create volumes, until the signal ends it. */
  watchTerm(signal: AbortSignal): Promise<void> {
    return this.#creator.watch(signal);
  }

  createVolume(request: CreateVolumeRequest, call: CallContext): Promise<CreatedVolume> {
    return this.#inFlight.run(`volume ${request.name}`, JSON.stringify(request), () =>
      this.#creator.create(request, call),
    );
  }

  /** Destroys, recoverable until the array eradicates. A volume with snapshots stays: they would go with it. */
  deleteVolume(handle: VolumeHandle, call: CallContext): Promise<void> {
    return this.#inFlight.run(`deletion of ${formatHandle(handle)}`, '', async () => {
      const { backend } = await this.#arrayOf(handle);
      const hasSnapshots = this.#parts.ledger.hasSnapshots(handle) ?? (await backend.hasSnapshots(handle.name, call));
      if (hasSnapshots) {
        throw new PsoError(
          'volume-has-snapshots',
          `Volume ${handle.name} has snapshots, which would be destroyed with it.`,
          'Delete its VolumeSnapshots first; the volume follows by itself.',
        );
      }
      await backend.deleteVolume(handle.name, call);
      this.#creator.forget(handle.name);
    });
  }

  async publish({ volume, node, isSingleNode, nfs }: PublishRequest, call: CallContext): Promise<PublishContext> {
    const type = await this.backendTypeOf(volume);
    await this.#parts.fleet.whenAsked(FIRST_CONTACT_MS);
    requireReachable(node, type, this.#protocolsOf(volume));
    this.#nodeIds.learn(node);
    const spec = { volumeName: volume.name, node, isSingleNode, ...(type === 'file' ? { nfs } : {}) };
    return this.#inFlight.run(
      `connection of ${volume.name} to ${node.name}`,
      `publish ${isSingleNode} ${formatNodeId(node)} ${JSON.stringify(spec.nfs ?? null)}`,
      () => this.#connections.publish(volume, spec, call),
    );
  }

  /** By one of them the node has to be known; those of an array that is away, too, as long as it was met once. */
  #protocolsOf(volume: VolumeHandle): readonly Protocol[] {
    const { fleet, protocols } = this.#parts;
    const members = fleet
      .members()
      .filter(({ arrayId }) => mayHaveCopies(volume) || arrayId?.toLowerCase() === volume.arrayId);
    const own = members.flatMap(({ state }) => state.settings.sanType ?? []);
    return own.length === 0 ? protocols : [...new Set(own)];
  }

  /** What the volume's array serves. One that is in a pod is no file system, and may be used while its own array is away. */
  async backendTypeOf(volume: VolumeHandle): Promise<BackendType> {
    if (mayHaveCopies(volume)) return 'block';
    return backendTypeOf(kindOf((await this.#arrayOf(volume)).state));
  }

  unpublish(volume: VolumeHandle, node: NodeIdentity | null, call: CallContext): Promise<void> {
    const key = `connection of ${volume.name} to ${node?.name ?? 'all nodes'}`;
    return this.#inFlight.run(key, 'unpublish', async () => {
      await this.#parts.fleet.whenAsked(FIRST_CONTACT_MS);
      await this.#connections.unpublish(volume, node, call);
    });
  }

  /** The new size in bytes. */
  expandVolume(
    handle: VolumeHandle,
    requiredBytes: number | null,
    limitBytes: number | null,
    call: CallContext,
  ): Promise<number> {
    const sizeBytes = volumeSize(requiredBytes, limitBytes);
    return this.#inFlight.run(`expansion of ${formatHandle(handle)}`, String(sizeBytes), async () =>
      (await this.#arrayOf(handle)).backend.expandVolume(handle.name, sizeBytes, call),
    );
  }

  /** All of it, or nothing. */
  modifyVolume(handle: VolumeHandle, changes: VolumeChanges, call: CallContext): Promise<void> {
    return this.#inFlight.run(`change of ${formatHandle(handle)}`, JSON.stringify(changes), async () =>
      modifyVolume(await this.#arrayOf(handle), handle, changes, call),
    );
  }

  async getVolume(handle: VolumeHandle, call: CallContext): Promise<Volume> {
    const volume = await (await this.#arrayOf(handle)).backend.findVolume(handle.name, call);
    if (volume) return volume;
    throw new PsoError('volume-missing', `Volume ${formatHandle(handle)} does not exist.`, 'Name one that exists.');
  }

  async publishedNodeIds(handle: VolumeHandle, call: CallContext): Promise<readonly string[]> {
    return publishedNodeIds(this.#listing, await this.#arrayOf(handle), handle.name, call);
  }

  async listVolumes(
    page: { readonly limit: number; readonly token: string },
    call: CallContext,
  ): Promise<ListPage<ListedVolume>> {
    await this.#parts.fleet.whenAsked(FIRST_CONTACT_MS);
    return listVolumes(this.#listing, page, call);
  }

  createSnapshot(name: string, source: VolumeHandle, call: CallContext): Promise<Snapshot> {
    return this.#inFlight.run(`snapshot ${name}`, formatHandle(source), () =>
      this.#snapshots.create(name, source, call),
    );
  }

  createGroupSnapshot(name: string, sources: readonly VolumeHandle[], call: CallContext): Promise<GroupSnapshot> {
    return this.#inFlight.run(`group snapshot ${name}`, JSON.stringify(sources.map(formatHandle).sort()), () =>
      this.groupSnapshots.create(name, sources, call),
    );
  }

  deleteSnapshot(handle: VolumeHandle, call: CallContext): Promise<void> {
    return this.#inFlight.run(`deletion of ${formatHandle(handle)}`, '', () => this.#snapshots.delete(handle, call));
  }

  findSnapshot(handle: VolumeHandle, call: CallContext): Promise<Snapshot | null> {
    return this.#snapshots.find(handle, call);
  }

  listSnapshots(
    volume: VolumeHandle | null,
    page: { readonly limit: number; readonly token: string },
    call: CallContext,
  ): Promise<ListPage<Snapshot>> {
    return this.#snapshots.list(volume, page, call);
  }

  /** From memory: the room below the threshold on arrays that a volume of these parameters may go to. */
  capacity({ parameters, segments }: CapacityRequest): Capacity {
    const { clock, fleet, policy, protocols, reservations } = this.#parts;
    const reserved = reservations.sums();
    const snapshot = fleet.snapshot();
    const decision = place({
      request: toPlacement(parameters, protocols, {
        name: '',
        sizeBytes: 0,
        topology: { requisite: Object.keys(segments).length === 0 ? [] : [segments], preferred: [] },
      }),
      policy,
      snapshot,
      reserved,
      nowMs: clock.nowMs(),
      random: () => 0,
    });
    const rooms = decision.verdicts.flatMap(({ refusal }, index) => {
      const state = snapshot.arrays[index];
      if (refusal || !state?.observation) return [];
      const { totalBytes, usedBytes } = state.observation.capacity;
      const promised = reserved[state.settings.endpoint]?.bytes ?? 0;
      return [Math.max(0, Math.floor((totalBytes * policy.maxUsedPercent) / 100 - usedBytes - promised))];
    });
    return { availableBytes: rooms.reduce((sum, room) => sum + room, 0), largestVolumeBytes: Math.max(0, ...rooms) };
  }

  /** Right after a start, no array has said its id yet. */
  async #arrayOf(handle: VolumeHandle) {
    await this.#parts.fleet.whenAsked(FIRST_CONTACT_MS);
    return this.#parts.fleet.byArrayId(handle.arrayId, `Volume ${handle.name}`);
  }
}
