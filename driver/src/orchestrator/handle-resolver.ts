import type { CallContext } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import { isUniqueName, namesOfForeignHandle } from '../domain/foreign-handle.ts';
import { formatHandle, parseHandle, podOf } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { Fleet, Member } from './fleet.ts';
import { NameLookup } from './name-lookup.ts';
import { ownCall } from './own-call.ts';
import { isReached, SharedPods } from './shared-pods.ts';
import type { ReachedMember } from './shared-pods.ts';

/** `use`: one array that has a unique name is enough. `destroy`: every array has to say that it has no other. */
export type Purpose = 'use' | 'destroy';

export interface HandleResolverParts {
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Prefix of this cluster's volumes, which some handles lack. */
  readonly clusterId: string;
}

/** A call that comes before the arrays were asked waits so long for them. */
const FIRST_CONTACT_MS = 3000;
/** Somebody may rename or move a volume on the arrays. */
const FRESH_MS = 10 * 60_000;
const MAX_KNOWN = 20_000;
/** Names beside a prefix in one listing: a URL of about 8 kB. */
const MAX_IMPORTED = 100;

interface Known {
  readonly handle: VolumeHandle;
  readonly isVolume: boolean;
  readonly atMs: number;
}

const labelOf = ({ state }: Member): string => state.observation?.identity.name ?? state.settings.endpoint;

/**
 * Finds the volume or snapshot that a CSI id means. Our own ids name their array; those of PSO, PX-CSI and of people name
 * the object alone, so the fleet is asked once and the answer kept for a while.
 */
export class HandleResolver {
  readonly #parts: HandleResolverParts;
  readonly #lookup: NameLookup;
  readonly #known = new Map<string, Known>();
  /** How others call a volume, by our own handle: listings must name it so. */
  readonly #aliases = new Map<string, string>();
  /** Our own ids of volumes in pods that somebody used: of a pod on two arrays, only one is in Kubernetes. */
  readonly #inPods = new BoundedMap<true>(MAX_KNOWN);

  constructor(parts: HandleResolverParts) {
    this.#parts = parts;
    this.#lookup = new NameLookup(parts.clock, parts.fleet);
  }

  /** Null when no array has it, each having answered, or when no driver ever wrote such an id. */
  async findVolume(id: string, purpose: Purpose): Promise<VolumeHandle | null> {
    return this.#find(id, purpose, (member, name) => this.#lookup.has(member, name));
  }

  async findSnapshot(id: string, purpose: Purpose, call: CallContext): Promise<VolumeHandle | null> {
    if (!id.includes('.')) return null;
    return this.#find(id, purpose, async (member, name) => (await member.backend.findSnapshot(name, call)) !== null);
  }

  /** Throws `not-found`; `field` is the one of the request. */
  async volume(id: string, field: string): Promise<VolumeHandle> {
    const handle = await this.findVolume(id, 'use');
    if (handle) return handle;
    throw notFound(id, field, this.#namesOf(id));
  }

  async snapshot(id: string, field: string, call: CallContext): Promise<VolumeHandle> {
    const handle = await this.findSnapshot(id, 'use', call);
    if (handle) return handle;
    throw notFound(id, field, this.#namesOf(id));
  }

  /**
   * The id under which a PersistentVolume knows it, as far as this process has met it; else our own. A volume that is on
   * `others`, too, may be known as one of theirs; `persistent`: ids of all PersistentVolumes, null while they are not known.
   */
  idOf(
    handle: VolumeHandle,
    others: readonly { readonly arrayId: string }[] = [],
    persistent: ReadonlySet<string> | null = null,
  ): string {
    const own = [handle.arrayId, ...others.map(({ arrayId }) => arrayId)].map(arrayId =>
      formatHandle({ arrayId: arrayId.toLowerCase(), name: handle.name }),
    );
    const alias = own.map(id => this.#aliases.get(id)).find(id => id !== undefined);
    return (
      alias ?? own.find(id => persistent?.has(id)) ?? own.find(id => this.#inPods.get(id) !== null) ?? own[0] ?? ''
    );
  }

  /** Names without this cluster's prefix: a listing by prefix would lack them, and the attacher would think them detached. */
  importedOn(arrayId: string | null): readonly string[] {
    const prefix = `${this.#parts.clusterId}-`;
    return [...this.#known.values()]
      .filter(({ handle, isVolume }) => isVolume && (handle.arrayId === arrayId || podOf(handle.name) !== null))
      .map(({ handle }) => handle.name)
      .filter(name => !name.startsWith(prefix) && !name.includes(`::${prefix}`))
      .slice(-MAX_IMPORTED)
      .sort();
  }

  forget(id: string): void {
    const known = this.#known.get(id);
    this.#known.delete(id);
    if (known) this.#aliases.delete(formatHandle(known.handle));
  }

  #namesOf(id: string): readonly string[] {
    return namesOfForeignHandle(id, this.#parts.clusterId);
  }

  async #find(
    id: string,
    purpose: Purpose,
    has: (member: Member, name: string) => Promise<boolean>,
  ): Promise<VolumeHandle | null> {
    const own = parseHandle(id);
    if (own) {
      if (podOf(own.name) !== null) this.#inPods.set(formatHandle(own), true);
      return own;
    }
    const kept = purpose === 'use' ? this.#kept(id) : null;
    if (kept) return kept;
    const names = this.#namesOf(id);
    if (names.length === 0) return null;
    const { fleet } = this.#parts;
    await fleet.whenAsked(FIRST_CONTACT_MS);
    const answers = await Promise.all(fleet.members().map(member => this.#askOne(member, names, has)));
    const found = answers.flatMap(({ hits }) => hits).sort(byArrayId);
    const silent = answers.flatMap(({ trouble }) => trouble ?? []);
    const [first, second] = found;
    if (first && second && !(await this.#isOne(found))) throw ambiguous(id, found);
    const isCertain = first !== undefined && purpose === 'use' && isUniqueName(first.handle.name);
    if (silent.length > 0 && !isCertain) throw uncertain(id, silent, first?.where ?? null);
    if (first) this.#keep(id, first.handle);
    return first?.handle ?? null;
  }

  /** Names of different objects are never one, whatever pods they are in. */
  async #isOne(hits: readonly Hit[]): Promise<boolean> {
    const names = new Set(hits.map(({ handle }) => handle.name));
    const [name = ''] = names;
    if (names.size > 1) return false;
    const call = ownCall(this.#parts.clock, 'pods');
    return new SharedPods(this.#parts.fleet.members(), call).isOne(
      name,
      hits.map(({ member }) => member),
    );
  }

  #kept(id: string): VolumeHandle | null {
    const known = this.#known.get(id);
    if (!known || this.#parts.clock.nowMs() - known.atMs > FRESH_MS) return null;
    const isServed = this.#parts.fleet.members().some(({ arrayId }) => arrayId === known.handle.arrayId);
    return isServed ? known.handle : null;
  }

  #keep(id: string, handle: VolumeHandle): void {
    this.#known.delete(id);
    this.#known.set(id, { handle, isVolume: !handle.name.includes('.'), atMs: this.#parts.clock.nowMs() });
    this.#aliases.set(formatHandle(handle), id);
    if (this.#known.size <= MAX_KNOWN) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.forget(oldest);
  }

  async #askOne(
    member: Member,
    names: readonly string[],
    has: (member: Member, name: string) => Promise<boolean>,
  ): Promise<Answer> {
    if (!isReached(member) || member.silentSinceMs !== null) {
      return { hits: [], trouble: `${labelOf(member)}: ${member.state.trouble ?? 'it was not reached yet.'}` };
    }
    try {
      const isThere = await Promise.all(names.map(name => has(member, name)));
      const hits = names.filter((_, index) => isThere[index]);
      const { arrayId } = member;
      return { hits: hits.map(name => ({ handle: { arrayId, name }, where: labelOf(member), member })), trouble: null };
    } catch (error) {
      return { hits: [], trouble: `${labelOf(member)}: ${PsoError.from(error).message}` };
    }
  }
}

interface Hit {
  readonly handle: VolumeHandle;
  readonly member: ReachedMember;
  readonly where: string;
}

interface Answer {
  readonly hits: readonly Hit[];
  /** A sentence when the array could not be asked. */
  readonly trouble: string | null;
}

const byArrayId = (one: Hit, other: Hit): number => (one.handle.arrayId < other.handle.arrayId ? -1 : 1);

function notFound(id: string, field: string, names: readonly string[]): PsoError {
  const shown = id.slice(0, 200);
  if (names.length === 0) {
    return new PsoError(
      'handle-unknown',
      `${field} "${shown}" is no handle of this driver, nor the name of an object on an array.`,
      'Use <array id>/<volume name>, or the name alone.',
    );
  }
  return new PsoError(
    'volume-missing',
    `${field} "${shown}": no array of the fleet has ${names.join(' or ')}.`,
    'Check the name, and that its array is in the values of the chart.',
  );
}

const ambiguous = (id: string, hits: readonly Hit[]): PsoError =>
  new PsoError(
    'handle-ambiguous',
    `"${id}" may mean ${hits.map(({ handle, where }) => `${handle.name} on array ${where}`).join(' or ')}.`,
    'Rename all but one on the arrays, or write <array id>/<volume name> into the PersistentVolume.',
  );

const uncertain = (id: string, troubles: readonly string[], where: string | null): PsoError =>
  new PsoError(
    'handle-uncertain',
    `"${id}" names no array${where === null ? '' : `; ${where} has it`}, and this could not be asked: ${troubles.join(' ')}`,
    'Make the array reachable, or remove it from the values of the chart; it is tried again by itself.',
  );
