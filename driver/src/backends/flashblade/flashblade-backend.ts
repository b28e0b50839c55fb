import { BoundedMap } from '../../lib/bounded-map.ts';
import { FLASH_BLADE_DIALECT } from '../../rest/dialect.ts';
import type { ArrayBackend, ArrayConnection, BackendFactory, CallContext, Page, PublishedVolume } from '../backend.ts';
import { connectRest, type RestDependencies } from '../connect-rest.ts';
import { RestBackend, settingsOf, type Operations } from '../rest-backend.ts';
import { at } from '../rest-call.ts';
import { snapshotOperations } from '../snapshots.ts';
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
import { deleteSnapshot, snapshotCalls } from './snapshots.ts';
import { usage } from './usage.ts';

const CACHED_NAMES = 20_000;

const OPERATIONS: Operations<BladeContext> = {
  createVolume: createFileSystem,
  findVolume: findFileSystem,
  findVolumes: findFileSystems,
  deleteVolume: deleteFileSystem,
  expandVolume: expandFileSystem,
  modifyVolume: modifyFileSystem,
  deletedVolumes: deletedFileSystems,
  volumeFigures: fileSystemFigures,
  volumeDetails: fileSystemDetails,
  usage,
  publish: publishFileSystem,
  unpublish: unpublishFileSystem,
  publishedNodes,
  ...snapshotOperations(snapshotCalls),
  deleteSnapshot,
};

export const flashBladeFactory =
  (dependencies: RestDependencies): BackendFactory =>
  connection =>
    new FlashBladeBackend(connection, dependencies);

function contextOf(connection: ArrayConnection, dependencies: RestDependencies): BladeContext {
  const { clock } = dependencies;
  const rest = connectRest(connection, FLASH_BLADE_DIALECT, dependencies);
  return {
    rest,
    clock,
    facts: new BladeFacts(rest, clock, settingsOf(connection), connection.nfsEndpoint),
    seen: new BoundedMap<SeenFileSystem>(CACHED_NAMES),
    nodes: new BoundedMap(CACHED_NAMES),
  };
}

/** One FlashBlade: volumes are file systems. */
export class FlashBladeBackend extends RestBackend<BladeContext> implements ArrayBackend {
  constructor(connection: ArrayConnection, dependencies: RestDependencies) {
    super(settingsOf(connection), contextOf(connection, dependencies), OPERATIONS);
  }

  async listVolumes(
    prefix: string,
    page: { limit: number; token: string | null },
    call: CallContext,
  ): Promise<Page<PublishedVolume>> {
    return await listFileSystems(this.array, prefix, page, at('poll', call));
  }
}
