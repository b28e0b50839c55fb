import type { SanPublishContext } from '../domain/publish-context.ts';
import type { AttachedDevice } from './attachment.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import type { StagingNote } from './staging-notes.ts';

/**
 * Names behind which the volume is: IQN or NQN of its array, and of a second one that has it, too. None by Fibre Channel,
 * where nobody logs in.
 */
export function targetsOf(context: SanPublishContext): Pick<StagingNote, 'target' | 'peerTarget'> {
  if (context.protocol === 'fc') return {};
  if ('targetNqn' in context) return { target: context.targetNqn };
  const { targetIqn: target, peer } = context;
  return peer ? { target, peerTarget: peer.targetIqn } : { target };
}

/**
 * What differs between SANs: how a volume's device comes to this node, is found, grows and goes. The WWID alone selects it,
 * never a name or number of the kernel's, which are used again.
 */
export interface SanTransport<Context extends SanPublishContext = SanPublishContext> {
  /** Logs in where needed; answers when the device is there with its paths, each checked. */
  attach(context: Context): Promise<AttachedDevice>;
  /** Says in the log when fewer paths than offered are there in the end. Never rejects; nobody waits for it. */
  complete(device: AttachedDevice): Promise<void>;
  /** Every path asked anew and compared with the device; an error when anything differs. */
  verify(wwid: string, expectedPaths: number, known: readonly Disk[]): Promise<AttachedDevice>;
  /** Lets the kernel ask the array for identity and size of these paths. */
  rescan(paths: readonly Disk[]): Promise<void>;
  /** The one device above all paths; null when it is not here. */
  deviceOf(wwid: string): Promise<MultipathMap | null>;
  pathsOf(wwid: string): Promise<readonly Disk[]>;
  /** WWID of the device with a number `major:minor`, or a name below /dev; null when it is none of this SAN's. */
  wwidOfNumber(number: string): Promise<string | null>;
  wwidOfName(name: string): Promise<string | null>;
  /** The device takes over the size that all paths have. */
  resize(device: MultipathMap): Promise<void>;
  /** Flushed, and nothing held; refused while somebody uses it. Succeeds when it is not here. `volumeId`: whose leaving it is. */
  remove(wwid: string, volumeId: string): Promise<void>;
  /** Ends the sessions that this driver made, when nobody else uses the target's volumes on this node. */
  leaveIfUnused(target: string, volumeId: string): Promise<void>;
}
