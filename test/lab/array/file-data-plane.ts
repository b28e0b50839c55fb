import type { AgentClient } from '../agent-client.ts';
import type {
  FileDataPlane,
  FileDataPlaneArray,
  FileDataPlaneFileSystem,
  FileDataPlaneRule,
  FileDataPlaneSnapshot,
  FileDataPlaneSnapshotSource,
} from '../../simulator/flashblade/data-plane.ts';
import type {
  ExportsArgs,
  FileIdArgs,
  FileInventory,
  FilledFileSystemArgs,
  FileSystemArgs,
  PrepareFilesArgs,
  SizedFileSystemArgs,
  SnapshotArgs,
} from './file-protocol.ts';

const SQUASH = { 'no-squash': 'no_root_squash', 'root-squash': 'root_squash', 'all-squash': 'all_squash' } as const;

/**
 * The simulated FlashBlades' files on the lab's array guest: one round trip to its agent an operation.
 * Not as on the real thing: a server speaks NFS 3 and 4.1 for all of its file systems, copies are of one instant only when
 * nobody writes, and there is no `.snapshot`.
 */
export class LabFileDataPlane implements FileDataPlane {
  readonly #agent: AgentClient;

  constructor(agent: AgentClient) {
    this.#agent = agent;
  }

  async prepare({ name, dataAddress }: FileDataPlaneArray): Promise<void> {
    await this.#agent.call('files-prepare', { array: name, address: dataAddress } satisfies PrepareFilesArgs);
  }

  async fileSystemCreated(
    fileSystem: FileDataPlaneFileSystem,
    source: FileDataPlaneSnapshotSource | null,
  ): Promise<void> {
    const args = { ...sizedArgs(fileSystem), snapshotId: source?.snapshotId ?? null };
    await this.#agent.call('files-create', args satisfies FilledFileSystemArgs);
  }

  async fileSystemResized(fileSystem: FileDataPlaneFileSystem): Promise<void> {
    await this.#agent.call('files-resize', sizedArgs(fileSystem));
  }

  async fileSystemRestored(fileSystem: FileDataPlaneFileSystem, source: FileDataPlaneSnapshotSource): Promise<void> {
    const args = { ...sizedArgs(fileSystem), snapshotId: source.snapshotId };
    await this.#agent.call('files-restore', args satisfies FilledFileSystemArgs);
  }

  async exportRulesChanged(fileSystem: FileSystemArgs, rules: readonly FileDataPlaneRule[]): Promise<void> {
    const { array, id, name } = fileSystem;
    const clients = firstOfEach(rules).map(({ client, permission, access }) => ({
      client,
      options: [permission, SQUASH[access], 'sync', 'insecure', 'no_subtree_check'],
    }));
    await this.#agent.call('files-exports', { array, id, name, clients } satisfies ExportsArgs);
  }

  async fileSystemDestroyed(fileSystem: FileSystemArgs): Promise<void> {
    await this.exportRulesChanged(fileSystem, []);
  }

  async fileSystemRecovered(): Promise<void> {
    // Files were kept, and the rules follow.
  }

  async fileSystemEradicated(id: string): Promise<void> {
    await this.#agent.call('files-remove', { id } satisfies FileIdArgs);
  }

  async snapshotTaken({ fileSystemId, id }: FileDataPlaneSnapshot): Promise<void> {
    await this.#agent.call('files-snapshot', { fileSystemId, id } satisfies SnapshotArgs);
  }

  async snapshotEradicated(id: string): Promise<void> {
    await this.#agent.call('files-remove-snapshot', { id } satisfies FileIdArgs);
  }

  /** What the array guest really holds, for tests. */
  inventory(): Promise<FileInventory> {
    return this.#agent.call<FileInventory>('files-inventory', {});
  }

  /** What a command line on the array guest begins with to run beside an array's NFS server, for tests. */
  enter(array: string): Promise<string> {
    return this.#agent.call<string>('files-enter', { array });
  }
}

/** An array takes a rule for a client twice, and the first decides; exportfs refuses. */
const firstOfEach = (rules: readonly FileDataPlaneRule[]): readonly FileDataPlaneRule[] =>
  rules.filter(({ client }, index) => rules.findIndex(other => other.client === client) === index);

function sizedArgs({ array, id, name, provisionedBytes, hardLimit }: FileDataPlaneFileSystem): SizedFileSystemArgs {
  return { array, id, name, sizeBytes: provisionedBytes ?? 0, isHard: hardLimit };
}
