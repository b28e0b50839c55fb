import type { ArrayObservation } from '../../domain/array.ts';
import type { ChapKeySource } from '../../domain/chap.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Clock } from '../../lib/clock.ts';
import { FLASH_ARRAY_DIALECT } from '../../rest/dialect.ts';
import type {
  ArrayBackend,
  ArrayConnection,
  BackendFactory,
  CallContext,
  GroupSnapshots,
  Page,
  PublishedVolume,
  SharedPods,
  VolumeCopy,
} from '../backend.ts';
import { connectRest, type RestDependencies } from '../connect-rest.ts';
import { RestBackend, settingsOf, type Operations } from '../rest-backend.ts';
import { at } from '../rest-call.ts';
import { snapshotOperations } from '../snapshots.ts';
import type { ArrayContext } from './array-context.ts';
import { ArrayFacts } from './array-facts.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import { createGroupSnapshot, deleteGroupSnapshot, findGroupSnapshot } from './group-snapshots.ts';
import { HostDirectory } from './host-directory.ts';
import { modifyVolume } from './modify-volume.ts';
import { publishedNodes, publishVolume, unpublishVolume } from './publish-volume.ts';
import { nodesInPod, sharedPods } from './shared-pods.ts';
import { deleteSnapshot, snapshotCalls } from './snapshots.ts';
import { usage } from './usage.ts';
import { volumeCopies } from './volume-copies.ts';
import { volumeDetails, volumeFigures } from './volume-figures.ts';
import type { ListScope } from './volumes.ts';
import { ConnectionTable, deletedVolumes, expandVolume, findVolume, findVolumes, listVolumes } from './volumes.ts';

const CACHED_NAMES = 20_000;
/** A listing's pages are asked for in one go. */
const CONNECTIONS_FRESH_MS = 60_000;

const OPERATIONS: Operations<ArrayContext> = {
  createVolume,
  findVolume,
  findVolumes,
  deleteVolume,
  expandVolume,
  modifyVolume,
  deletedVolumes,
  volumeFigures,
  volumeDetails,
  usage,
  publish: publishVolume,
  unpublish: unpublishVolume,
  publishedNodes,
  ...snapshotOperations(snapshotCalls),
  deleteSnapshot,
};

export interface FlashArrayDependencies extends RestDependencies {
  /** What nodes prove themselves with by CHAP comes from this key; absent: no CHAP. */
  readonly chapKey?: ChapKeySource | null;
}

export const flashArrayFactory =
  (dependencies: FlashArrayDependencies): BackendFactory =>
  connection =>
    new FlashArrayBackend(connection, dependencies);

function contextOf(connection: ArrayConnection, dependencies: FlashArrayDependencies): ArrayContext {
  const sanType = connection.sanType ?? 'iscsi';
  const rest = connectRest(connection, FLASH_ARRAY_DIALECT, dependencies);
  return {
    rest,
    facts: new ArrayFacts(rest, dependencies.clock, settingsOf(connection), {
      sanType,
      allowedCidrs: connection.iscsiAllowedCidrs,
    }),
    hosts: new HostDirectory(rest, sanType, dependencies.chapKey ?? null),
    serials: new BoundedMap(CACHED_NAMES),
    tagged: new BoundedMap(CACHED_NAMES),
  };
}

/** One FlashArray or Cloud Block Store. */
export class FlashArrayBackend extends RestBackend<ArrayContext> implements ArrayBackend {
  readonly groupSnapshots: GroupSnapshots = {
    create: (group, volumeNames, call) => createGroupSnapshot(this.array, group, volumeNames, at('snapshot', call)),
    find: (name, call) => findGroupSnapshot(this.array, name, at('snapshot', call)),
    delete: (name, isOurGroup, call) => deleteGroupSnapshot(this.array, name, isOurGroup, at('delete', call)),
  };
  readonly sharedPods: SharedPods = {
    list: call => sharedPods(this.array, at('poll', call)),
    publishedNodes: (pod, call) => nodesInPod(this.array, pod, at('poll', call)),
  };
  readonly #clock: Clock;
  #scope: ListScope | null = null;
  #connections: { readonly table: ConnectionTable; readonly takenAtMs: number } | null = null;

  constructor(connection: ArrayConnection, dependencies: FlashArrayDependencies) {
    super(settingsOf(connection), contextOf(connection, dependencies), OPERATIONS);
    this.#clock = dependencies.clock;
  }

  override async observe(call: CallContext): Promise<ArrayObservation> {
    const observation = await super.observe(call);
    const { warnings } = this.array.hosts;
    return warnings.length === 0 ? observation : { ...observation, warnings: [...warnings, ...observation.warnings] };
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
    return await listVolumes(this.array, scope, page, () => this.#connectionTable(scope, call), at('poll', call));
  }

  async copiesOf(volumeName: string, call: CallContext): Promise<readonly VolumeCopy[]> {
    return await volumeCopies(this.array, volumeName, at('attach', call));
  }

  async #connectionTable(scope: ListScope, call: CallContext): Promise<ConnectionTable> {
    const kept = this.#connections;
    const isFresh = kept !== null && this.#clock.nowMs() - kept.takenAtMs < CONNECTIONS_FRESH_MS;
    if (isFresh && kept.table.covers(scope)) return kept.table;
    const takenAtMs = this.#clock.nowMs();
    const table = await ConnectionTable.read(this.array, scope, at('poll', call));
    this.#connections = { table, takenAtMs };
    return table;
  }
}
