import type { CallContext } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import { formatHandle, isOwnName, parseHandle } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { VolumeDetails, VolumeFigures, VolumeReport, VolumeReportsAnswer } from '../domain/volume-report.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptAnswers } from '../lib/kept-answers.ts';
import { FewAtOnce } from './few-at-once.ts';
import type { Fleet } from './fleet.ts';
import type { HandleResolver } from './handle-resolver.ts';
import { ownCall } from './own-call.ts';
import { isReached, SharedPods } from './shared-pods.ts';
import type { ReachedMember } from './shared-pods.ts';

/** However many look at a volume, its array is asked so often at most. */
const FRESH_MS = 5000;
const MAX_KEPT = 2000;
/** Calls to one array: anybody who reaches the port may ask for names that nobody has. */
const LIMITS = { atOnce: 4, waiting: 100 };
/** Right after a start. */
const FIRST_CONTACT_MS = 3000;

export interface VolumeReportsParts {
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Names of its volumes start so, and with `-`. */
  readonly clusterId: string;
  readonly handles: HandleResolver;
  /** Ids of all PersistentVolumes; null while they are not known. */
  readonly volumeIds: () => Iterable<string> | null;
}

export interface VolumeReportsQuestion {
  /** As PersistentVolumes have them. */
  readonly handles: readonly string[];
  readonly details: boolean;
}

/** Something, or why it is not known. */
type Known<Value> =
  { readonly value: Value; readonly trouble: null } | { readonly value: null; readonly trouble: string };

interface Place {
  readonly member: ReachedMember;
  readonly handle: VolumeHandle;
}

const known = <Value>(value: Value): Known<Value> => ({ value, trouble: null });
const unknown = (error: unknown): Known<never> => ({ value: null, trouble: PsoError.from(error).sentence });

/** What arrays tell of this cluster's volumes, when somebody asks: of no others, and of those of arrays that answer. */
export class VolumeReports {
  readonly #parts: VolumeReportsParts;
  readonly #figures: KeptAnswers<Known<VolumeFigures>>;
  readonly #details: KeptAnswers<Known<VolumeDetails>>;
  /** By array. */
  readonly #turns = new Map<string, FewAtOnce>();

  constructor(parts: VolumeReportsParts) {
    this.#parts = parts;
    const limits = { freshMs: FRESH_MS, maxEntries: MAX_KEPT };
    this.#figures = new KeptAnswers(parts.clock, limits);
    this.#details = new KeptAnswers(parts.clock, limits);
  }

  /** Never fails: of what is not known it says why. */
  async ask({ handles, details }: VolumeReportsQuestion): Promise<VolumeReportsAnswer> {
    await this.#parts.fleet.whenAsked(FIRST_CONTACT_MS);
    const persistent = new Set(this.#parts.volumeIds());
    const places = await Promise.all(handles.map(handle => this.#find(handle, persistent)));
    const figures = await this.#readFigures(places.flatMap(({ value }) => value ?? []));
    const volumes = handles.map(async (handle, index): Promise<VolumeReport> => {
      const place = places[index] ?? unknown(foreign(handle, this.#prefix));
      if (place.value === null) return { handle, figures: null, details: null, trouble: place.trouble };
      const seen = figures.get(formatHandle(place.value.handle)) ?? unknown(missing(place.value));
      if (seen.value === null) return { handle, figures: null, details: null, trouble: seen.trouble };
      const more = details ? await this.#readDetails(place.value) : { value: null, trouble: null };
      return { handle, figures: { ...seen.value, handle }, details: more.value, trouble: more.trouble };
    });
    return { volumes: await Promise.all(volumes) };
  }

  get #prefix(): string {
    return `${this.#parts.clusterId}-`;
  }

  async #find(text: string, persistent: ReadonlySet<string>): Promise<Known<Place>> {
    const { fleet, handles } = this.#parts;
    try {
      const own = parseHandle(text);
      if (!persistent.has(text) && !(own && this.#isOurs(own))) throw foreign(text, this.#prefix);
      const handle = own ?? (await handles.volume(text, 'Handle'));
      const member = fleet.byArrayId(handle.arrayId, `Volume ${handle.name}`);
      const { trouble } = member.state;
      if (trouble !== null) return { value: null, trouble };
      return isReached(member) ? known({ member, handle }) : unknown(missing({ member, handle }));
    } catch (error) {
      return unknown(error);
    }
  }

  /** By its name, or because it was met as an imported one. */
  #isOurs({ arrayId, name }: VolumeHandle): boolean {
    return isOwnName(name, this.#prefix) || this.#parts.handles.importedOn(arrayId).includes(name);
  }

  async #readFigures(places: readonly Place[]): Promise<ReadonlyMap<string, Known<VolumeFigures>>> {
    const byArray = Map.groupBy(places, ({ member }) => member.arrayId);
    const parts = [...byArray.values()].map(async onOne => {
      const keys = [...new Set(onOne.map(({ handle }) => formatHandle(handle)))];
      const answers = await this.#figures.ask(keys, wanted => this.#askFigures(onOne, wanted));
      return keys.flatMap((key, index) => (answers[index] ? [[key, answers[index]] as const] : []));
    });
    return new Map((await Promise.all(parts)).flat());
  }

  async #askFigures(
    places: readonly Place[],
    wanted: readonly string[],
  ): Promise<(key: string) => Known<VolumeFigures>> {
    const byKey = new Map(places.map(place => [formatHandle(place.handle), place]));
    const [first] = places;
    const names = wanted.flatMap(key => byKey.get(key)?.handle.name ?? []);
    try {
      const found = first ? await this.#inTurn(first, call => first.member.backend.volumeFigures(names, call)) : [];
      const figures = new Map(found.map(one => [one.handle, one]));
      return key => {
        const one = figures.get(key);
        return one ? known(one) : unknown(missing(byKey.get(key)));
      };
    } catch (error) {
      return () => unknown(error);
    }
  }

  async #readDetails(place: Place): Promise<Known<VolumeDetails>> {
    const [answer] = await this.#details.ask([formatHandle(place.handle)], async () => {
      const details = await this.#inTurn(place, call => this.#askDetails(place, call)).then(known, unknown);
      return () => details;
    });
    return answer ?? unknown(missing(place));
  }

  async #inTurn<Result>({ member }: Place, ask: (call: CallContext) => Promise<Result>): Promise<Result> {
    const { arrayId, state } = member;
    const turns = this.#turns.get(arrayId) ?? new FewAtOnce(LIMITS);
    this.#turns.set(arrayId, turns);
    const name = state.observation?.identity.name ?? state.settings.endpoint;
    return await turns.run(name, () => ask(ownCall(this.#parts.clock, 'report')));
  }

  /** Nodes may be connected on another array that has the volume, too. */
  async #askDetails({ member, handle }: Place, call: CallContext): Promise<VolumeDetails> {
    const pods = new SharedPods(this.#parts.fleet.members(), call);
    const [details, others] = await Promise.all([
      member.backend.volumeDetails(handle.name, call),
      pods.othersOf(member, handle.name),
    ]);
    const there = await Promise.all(others.map(other => pods.nodesOn(other, handle.name)));
    return { ...details, nodes: [...new Set([...details.nodes, ...there.flat()])] };
  }
}

const foreign = (handle: string, prefix: string): PsoError =>
  new PsoError(
    'volume-foreign',
    `Handle "${handle.slice(0, 200)}" is of no volume of this cluster: its name does not start with ${prefix}, and no PersistentVolume has it.`,
    'Look at it on the array, or in the cluster that it belongs to.',
  );

const missing = (
  place: (Pick<Place, 'handle'> & { readonly member: Pick<Place['member'], 'state'> }) | undefined,
): PsoError =>
  new PsoError(
    'volume-missing',
    `Array ${place?.member.state.observation?.identity.name ?? 'unknown'} has no live volume ${place?.handle.name ?? ''}.`,
    'Look among the deleted volumes of the array.',
  );
