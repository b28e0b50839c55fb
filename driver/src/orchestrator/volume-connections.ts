import type { ArrayBackend, CallContext, PublishSpec, VolumeCopy } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { PsoErrorCode } from '../domain/errors.ts';
import { PROTOCOL_WORDS } from '../domain/array.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import type { PublishContext, ScsiPublishContext } from '../domain/publish-context.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Fleet, Member } from './fleet.ts';

export interface VolumeConnectionsParts {
  readonly fleet: Fleet;
  /** The volume was connected to fewer of its arrays than there are; one call for each that was left out. */
  readonly onPartial: (volume: VolumeHandle, error: PsoError) => void;
}

/** An array that has the volume. */
interface Holder {
  readonly copy: VolumeCopy;
  /** Null when it is not known which of the arrays it is that never answered. */
  readonly backend: ArrayBackend | null;
  /** Why nothing should be connected there now. */
  readonly trouble: string | null;
}

interface Outcome {
  readonly holder: Holder;
  /** No node was connected before. */
  readonly wasFree: boolean;
  readonly context: PublishContext | null;
  readonly error: PsoError | null;
}

type Connected = Outcome & { readonly context: PublishContext };

const isConnected = (outcome: Outcome): outcome is Connected => outcome.context !== null;

/** With these an array says nothing about the volume: another that has it may serve. */
const AWAY: ReadonlySet<PsoErrorCode> = new Set(['unavailable', 'timeout', 'unauthenticated']);
const isAway = (error: PsoError): boolean => AWAY.has(error.code);

/** A name tells whether a volume may be on a second array. */
export const mayHaveCopies = ({ name }: VolumeHandle): boolean => name.includes('::');

/** Connects volumes to nodes on every array that has them: one, or both of a stretched pod (ActiveCluster). */
export class VolumeConnections {
  readonly #parts: VolumeConnectionsParts;

  constructor(parts: VolumeConnectionsParts) {
    this.#parts = parts;
  }

  /** Through each array that serves the volume; one that does not answer is left out, which is told. */
  async publish(volume: VolumeHandle, spec: PublishSpec, call: CallContext): Promise<PublishContext> {
    const holders = await this.#holdersOf(volume, call);
    if (holders.length < 2) return this.#home(volume).backend.publish(spec, call);
    const outcomes: Outcome[] = [];
    // One after the other: what the first refuses is not done on the second.
    for (const holder of holders) {
      const outcome = await publishOn(holder, spec, call);
      if (outcome.error && !isAway(outcome.error)) {
        const isUndone = await undo(outcomes, spec, call);
        throw isUndone ? outcome.error : outcome.error.inDoubt();
      }
      outcomes.push(outcome);
    }
    const [first, second] = outcomes.filter(isConnected);
    if (!first) throw outcomes.find(({ error }) => error)?.error ?? nobodyServes(volume);
    for (const { holder, error } of outcomes)
      if (error) this.#parts.onPartial(volume, partial(volume, spec, holder, error));
    if (!second) return first.context;
    const joined = together(first.context, second.context);
    if (joined === null) this.#parts.onPartial(volume, apart(volume, spec, first, second));
    return joined ?? first.context;
  }

  /** From each array that has it. Refused while one cannot be told: later it would let the node in again. */
  async unpublish(volume: VolumeHandle, node: NodeIdentity | null, call: CallContext): Promise<void> {
    const holders = await this.#holdersOf(volume, call);
    if (holders.length < 2) return this.#home(volume).backend.unpublish(volume.name, node, call);
    const failures = await Promise.all(holders.map(holder => unpublishOn(holder, volume, node, call)));
    const failed = failures.find(failure => failure !== null);
    if (failed) throw failed;
  }

  #home({ arrayId, name }: VolumeHandle): Member {
    return this.#parts.fleet.byArrayId(arrayId, `Volume ${name}`);
  }

  /** The handle's array first. Asked of another when that does not answer. */
  async #holdersOf(volume: VolumeHandle, call: CallContext): Promise<readonly Holder[]> {
    if (!mayHaveCopies(volume)) return [];
    const copies = await this.#copiesOf(volume, call);
    const ordered = [...copies].sort(
      (one, other) => Number(other.arrayId === volume.arrayId) - Number(one.arrayId === volume.arrayId),
    );
    return ordered.flatMap(copy => this.#holder(copy) ?? []);
  }

  async #copiesOf({ arrayId, name }: VolumeHandle, call: CallContext): Promise<readonly VolumeCopy[]> {
    const isHome = (member: Member) => member.arrayId === arrayId;
    const answering = this.#parts.fleet.members().filter(({ silentSinceMs }) => silentSinceMs === null);
    const failures: PsoError[] = [];
    for (const member of [...answering.filter(isHome), ...answering.filter(one => !isHome(one))]) {
      try {
        const copies = (await member.backend.copiesOf?.(name, call)) ?? [];
        // On others, a pod of the same name may be another one.
        if (isHome(member) || copies.some(copy => copy.arrayId === arrayId)) return copies;
      } catch (error) {
        failures.push(PsoError.from(error));
      }
    }
    // Nobody knows better than its own array, which is away.
    const [first] = failures;
    if (first) throw first;
    return (await this.#home({ arrayId, name }).backend.copiesOf?.(name, call)) ?? [];
  }

  /** Null for an array that is not this driver's: nobody told it of our nodes. */
  #holder(copy: VolumeCopy): Holder | null {
    const members = this.#parts.fleet.members();
    const member = members.find(({ arrayId }) => arrayId === copy.arrayId);
    if (member)
      return { copy, backend: member.backend, trouble: member.silentSinceMs === null ? null : troubleOf(member) };
    const unknown = members.filter(({ arrayId }) => arrayId === null).map(({ state }) => state.settings.endpoint);
    if (unknown.length === 0) return null;
    return { copy, backend: null, trouble: `it may be one of ${unknown.join(', ')}, which did not answer yet` };
  }
}

const troubleOf = ({ state }: Member): string => state.trouble?.replace(/\.$/, '') ?? 'it does not answer';

async function publishOn(holder: Holder, spec: PublishSpec, call: CallContext): Promise<Outcome> {
  const { copy, backend, trouble } = holder;
  const none = { holder, wasFree: false, context: null };
  if (backend === null || trouble !== null) return { ...none, error: away(copy, trouble ?? 'it did not answer yet') };
  if (!copy.isServing) return { ...none, error: away(copy, 'it does not serve the pod now') };
  try {
    const wasFree = (await backend.publishedNodes(spec.volumeName, call)).length === 0;
    return { holder, wasFree, context: await backend.publish(spec, call), error: null };
  } catch (error) {
    return { ...none, error: PsoError.from(error) };
  }
}

/** What the first array took for the node is given back when it was this call that asked for it: a pod may be using it. */
async function undo(outcomes: readonly Outcome[], spec: PublishSpec, call: CallContext): Promise<boolean> {
  const made = outcomes.filter(({ context, wasFree }) => context !== null && wasFree);
  const undone = made.map(async ({ holder }) => holder.backend?.unpublish(spec.volumeName, spec.node, call));
  return (await Promise.allSettled(undone)).every(({ status }) => status === 'fulfilled');
}

async function unpublishOn(
  { copy, backend, trouble }: Holder,
  volume: VolumeHandle,
  node: NodeIdentity | null,
  call: CallContext,
): Promise<PsoError | null> {
  try {
    if (backend === null) throw away(copy, trouble ?? 'it did not answer yet');
    await backend.unpublish(volume.name, node, call);
    return null;
  } catch (thrown) {
    const error = PsoError.from(thrown);
    return isAway(error) ? stillConnected(volume, node, copy, error) : error;
  }
}

/** One volume with the ways to both arrays; null: no kernel joins these. NVMe does not join devices of two arrays. */
function together(first: PublishContext, second: PublishContext): PublishContext | null {
  if (first.protocol === 'iscsi' && second.protocol === 'iscsi') {
    const { lun, targetIqn, portals } = second;
    requireOneVolume(first, second);
    return { ...first, peer: { lun, targetIqn, portals } };
  }
  if (first.protocol !== 'fc' || second.protocol !== 'fc') return null;
  const { lun, targetWwpns } = second;
  requireOneVolume(first, second);
  return { ...first, peer: { lun, targetWwpns } };
}

function requireOneVolume(first: ScsiPublishContext, second: ScsiPublishContext): void {
  if (first.wwid !== second.wwid) {
    throw new PsoError(
      'copies-differ',
      `The arrays name the volume ${first.wwid} and ${second.wwid}, so these are two.`,
      'Check the pods of that name on both arrays; nothing was mounted.',
    );
  }
}

const away = ({ arrayName }: VolumeCopy, reason: string): PsoError =>
  new PsoError('copy-not-served', `Array ${arrayName}: ${reason}.`, 'It is tried again by itself.', {
    finality: 'in-doubt',
  });

const nobodyServes = ({ name }: VolumeHandle): PsoError =>
  new PsoError('copy-not-served', `Volume ${name}: no array serves it now.`, 'It is tried again by itself.', {
    finality: 'in-doubt',
  });

const apart = (
  { name }: VolumeHandle,
  { node }: PublishSpec,
  { context: { protocol } }: Connected,
  { holder: { copy }, context: { protocol: other } }: Connected,
): PsoError =>
  new PsoError(
    'copy-not-joined',
    `Volume ${name} is used by ${node.name} by ${PROTOCOL_WORDS[protocol]}, which is not joined with the ${PROTOCOL_WORDS[other]} of array ${copy.arrayName}, which has it, too.`,
    'The pod does not survive the loss of the first array. Reach both arrays by iSCSI, or both by Fibre Channel (SanType), and attach the volume anew.',
  );

const partial = ({ name }: VolumeHandle, { node }: PublishSpec, { copy }: Holder, error: PsoError): PsoError =>
  new PsoError(
    'copy-not-connected',
    `Volume ${name} is connected to ${node.name}, but not on array ${copy.arrayName}, which has it, too: ${error.message}`,
    'The pod works on through the other array. Once that array is back, scale the workload to 0 and up again: the volume is then attached anew, with paths to both.',
    { cause: error },
  );

const stillConnected = (
  { name }: VolumeHandle,
  node: NodeIdentity | null,
  { arrayName }: VolumeCopy,
  error: PsoError,
): PsoError =>
  new PsoError(
    'copy-still-connected',
    `Volume ${name} is not disconnected from ${node?.name ?? 'all nodes'} on array ${arrayName}, one of the two that have it: ${error.message}`,
    'It is tried again by itself. If that array is lost for good, take it out of the pod on the other one, or out of arrays in the values of the chart.',
    { finality: 'in-doubt', cause: error },
  );
