import { ArrayGuest } from './array-guest.ts';
import { FileGuest } from './file-guest.ts';
import type {
  ExportsArgs,
  FileIdArgs,
  FilledFileSystemArgs,
  PrepareFilesArgs,
  SizedFileSystemArgs,
  SnapshotArgs,
} from './file-protocol.ts';
import type {
  CloneArgs,
  ConnectArgs,
  CreateArgs,
  DecoyArgs,
  DisconnectArgs,
  NvmeArgs,
  PrepareArgs,
  SerialArgs,
  SnapshotsArgs,
} from './protocol.ts';

/** Agent operations that only the array guest has; array/protocol.ts and array/file-protocol.ts have their arguments. */
export function arrayOperations(): Record<string, (args: never) => Promise<unknown>> {
  const guest = new ArrayGuest();
  const files = new FileGuest();
  return {
    prepare: (args: PrepareArgs) => guest.prepare(args),
    create: (args: CreateArgs) => guest.create(args),
    clone: (args: CloneArgs) => guest.clone(args),
    snapshots: (args: SnapshotsArgs) => guest.snapshots(args),
    resize: (args: CreateArgs) => guest.resize(args),
    connect: (args: ConnectArgs) => guest.connect(args),
    disconnect: (args: DisconnectArgs) => guest.disconnect(args),
    'connect-nvme': (args: NvmeArgs) => guest.connectNvme(args),
    'disconnect-nvme': (args: NvmeArgs) => guest.disconnectNvme(args),
    remove: (args: SerialArgs) => guest.remove(args),
    decoy: (args: DecoyArgs) => guest.decoy(args),
    inventory: () => guest.inventory(),
    'files-prepare': (args: PrepareFilesArgs) => files.prepare(args),
    'files-create': (args: FilledFileSystemArgs) => files.create(args),
    'files-resize': (args: SizedFileSystemArgs) => files.resize(args),
    'files-restore': (args: FilledFileSystemArgs) => files.restore(args),
    'files-exports': (args: ExportsArgs) => files.setExports(args),
    'files-snapshot': (args: SnapshotArgs) => files.snapshot(args),
    'files-remove-snapshot': (args: FileIdArgs) => files.removeSnapshot(args),
    'files-remove': (args: FileIdArgs) => files.remove(args),
    'files-inventory': () => files.inventory(),
    'files-enter': (args: Pick<PrepareFilesArgs, 'array'>) => files.enter(args),
  };
}
