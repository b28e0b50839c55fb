import { ArrayGuest } from './array-guest.ts';
import type {
  CloneArgs,
  ConnectArgs,
  CreateArgs,
  DecoyArgs,
  DisconnectArgs,
  PrepareArgs,
  SerialArgs,
  SnapshotsArgs,
} from './protocol.ts';

/** Agent operations that only the array guest has; the names are those of array/protocol.ts. */
export function arrayOperations(): Record<string, (args: never) => Promise<unknown>> {
  const guest = new ArrayGuest();
  return {
    prepare: (args: PrepareArgs) => guest.prepare(args),
    create: (args: CreateArgs) => guest.create(args),
    clone: (args: CloneArgs) => guest.clone(args),
    snapshots: (args: SnapshotsArgs) => guest.snapshots(args),
    resize: (args: CreateArgs) => guest.resize(args),
    connect: (args: ConnectArgs) => guest.connect(args),
    disconnect: (args: DisconnectArgs) => guest.disconnect(args),
    remove: (args: SerialArgs) => guest.remove(args),
    decoy: (args: DecoyArgs) => guest.decoy(args),
    inventory: () => guest.inventory(),
  };
}
