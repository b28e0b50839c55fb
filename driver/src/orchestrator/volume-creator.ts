import type { CallContext, CreateVolumeSpec } from '../backends/backend.ts';
import type { Labels, Protocol } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';
import type { Volume } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { refusalError, shortDecision } from '../placement/explain.ts';
import { arrayName, expectedBytes } from '../placement/framework.ts';
import type { PlacementPolicy, PlacementRequest } from '../placement/framework.ts';
import type { Decision } from '../placement/place.ts';
import { couldHold, place, staticRefusal } from '../placement/place.ts';
import type { DoubtLimits, ReadTerm } from './doubt.ts';
import { DoubtWindow } from './doubt.ts';
import { fileSystemWishes, NO_FILE_DEFAULTS } from './file-parameters.ts';
import type { FileDefaults } from './file-parameters.ts';
import type { Fleet, Member } from './fleet.ts';
import { NameLookup } from './name-lookup.ts';
import { NamePins } from './name-pins.ts';
import { toPlacement } from './placement-request.ts';
import type { CreatedVolume, CreateVolumeRequest, PlacementReport } from './requests.ts';
import type { Reservations } from './reservations.ts';
import { nameOnArray } from './volume-name.ts';
import type { TemplateReader } from './volume-name.ts';
import { volumeSize } from './volume-size.ts';

export interface VolumeCreatorParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly fleet: Fleet;
  readonly reservations: Reservations;
  readonly clusterId: string;
  readonly policy: PlacementPolicy;
  readonly doubt: DoubtLimits;
  /** Absent outside a cluster. */
  readonly readTerm?: ReadTerm;
  /** Any of these connects our nodes to block volumes. */
  readonly protocols: readonly Protocol[];
  /** For classes of file systems that do not say. */
  readonly fileDefaults?: FileDefaults;
  /** For classes with a nameTemplate. */
  readonly readTemplate?: TemplateReader;
  readonly onPlacement: (report: PlacementReport) => void;
}

/** After a start, how long a decision waits for the first figures. */
const FIRST_FIGURES_MS = 3000;
/** How many arrays a create tries when one refuses for good; each refusal is an answer, so no volume is left there. */
const MAX_ARRAYS = 3;
/** Codes with which an array says that it can't take the volume, while another may. */
const TRY_ANOTHER: ReadonlySet<string> = new Set(['no-capacity', 'unavailable', 'busy', 'unauthenticated']);

/** Codes of a final error that may come without the array having looked at the request. */
const NO_ANSWER: ReadonlySet<string> = new Set(['unavailable', 'busy', 'timeout', 'unauthenticated']);

const TOPOLOGY_KEY = /^topology\.(purestorage\.com\/.+|kubernetes\.io\/(zone|region))$/;

/** Labels of an array that bind where its volumes can be used. */
export const topologySegments = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => TOPOLOGY_KEY.test(key)));

/** Finds an array for a new volume and makes it there: at most one volume a name, whatever fails in between. */
export class VolumeCreator {
  readonly #parts: VolumeCreatorParts;
  readonly #doubt: DoubtWindow;
  readonly #lookup: NameLookup;
  readonly #pins = new NamePins();

  constructor(parts: VolumeCreatorParts) {
    this.#parts = parts;
    this.#doubt = new DoubtWindow(parts.clock, parts.doubt, parts.readTerm);
    this.#lookup = new NameLookup(parts.clock, parts.fleet);
  }

  async create(request: CreateVolumeRequest, call: CallContext): Promise<CreatedVolume> {
    const name = await nameOnArray(this.#parts.clusterId, request, this.#parts.readTemplate ?? null);
    // A copy has its source's size; the array grows it when more is asked for.
    const sizeBytes = volumeSize(request.requiredBytes, request.limitBytes, request.source !== null);
    const wish = this.#wish(request, sizeBytes);
    const isDoubtful = (await this.#doubt.isOpen()) || this.#pins.isUnsettled(name);
    await this.#parts.fleet.whenAsked(Math.min(FIRST_FIGURES_MS, call.deadlineMs - this.#parts.clock.nowMs()));
    const pinned = this.#pinnedMember(name) ?? this.#sourceMember(request, wish);
    const holder = pinned ?? (isDoubtful ? await this.#lookUp(name, wish) : null);
    return holder
      ? this.#createAgain(holder, name, wish, request, call)
      : this.#createAnywhere(name, wish, request, call);
  }

  /** Watches who else may create, until the signal ends it. */
  watch(signal: AbortSignal): Promise<void> {
    return this.#doubt.run(signal);
  }

  /** After a deletion the name may be placed anew. */
  forget(nameOnArray: string): void {
    this.#pins.forget(nameOnArray);
  }

  #wish(request: CreateVolumeRequest, sizeBytes: number): PlacementRequest {
    return toPlacement(request.parameters, this.#parts.protocols, {
      name: request.name,
      sizeBytes,
      topology: request.topology,
    });
  }

  /** Copies are made within one array: its source's, which the class has to allow. */
  #sourceMember({ source }: CreateVolumeRequest, wish: PlacementRequest): Member | null {
    if (!source) return null;
    const what = `Source ${source.kind} ${source.handle.name}`;
    const member = this.#parts.fleet.byArrayId(source.handle.arrayId, what);
    const refusal = staticRefusal(wish, member.state, this.#parts.policy);
    if (refusal === null) return member;
    throw new PsoError(
      'source-on-other-array',
      `${what} is on array ${arrayName(member.state)}, where the class puts no volumes: ${refusal}`,
      'Use a class that allows that array; a copy is made within one array only.',
    );
  }

  #pinnedMember(name: string): Member | null {
    const endpoint = this.#pins.endpointOf(name);
    if (endpoint === null) return null;
    const member = this.#parts.fleet.member(endpoint);
    if (member) return member;
    // The administrator removed the array: nothing can be asked there any more.
    this.#pins.forget(name);
    return null;
  }

  /** Asks every array that could have got the name from a process before this one. */
  async #lookUp(name: string, wish: PlacementRequest): Promise<Member | null> {
    try {
      return await this.#ask(name, wish);
    } catch (error) {
      this.#pins.unsettled(name);
      throw error;
    }
  }

  async #ask(name: string, wish: PlacementRequest): Promise<Member | null> {
    const members = this.#parts.fleet.members().filter(({ state }) => couldHold(wish, state, this.#parts.policy));
    const holder = await this.#lookup.find(
      name,
      members.filter(({ silentSinceMs }) => silentSinceMs === null),
    );
    const silent = members.filter(member => this.#fellSilentLately(member));
    if (holder || silent.length === 0) return holder;
    const endpoints = silent.map(({ state }) => state.settings.endpoint).join(', ');
    throw new PsoError(
      'volume-may-exist',
      `Volume ${name} may exist already on ${endpoints}, which can't be asked now: ${silent[0]?.state.trouble ?? 'it was not reached yet.'}`,
      'It is tried again by itself; shortly after a start the driver makes sure that no volume is made twice.',
      { finality: 'in-doubt' },
    );
  }

  /** Nobody places volumes on an array that has been away for longer than the window: it stops nobody for ever. */
  #fellSilentLately({ silentSinceMs }: Member): boolean {
    const { clock, doubt } = this.#parts;
    return silentSinceMs !== null && clock.nowMs() - silentSinceMs < doubt.windowMs;
  }

  async #createAnywhere(
    name: string,
    wish: PlacementRequest,
    request: CreateVolumeRequest,
    call: CallContext,
  ): Promise<CreatedVolume> {
    const tried = new Map<string, PsoError>();
    for (;;) {
      const decision = this.#decide(wish, tried);
      const member = decision.chosen === null ? null : this.#parts.fleet.member(decision.chosen);
      if (!member) {
        this.#report(decision, request);
        throw [...tried.values()].at(-1) ?? refusalError(decision);
      }
      try {
        const created = await this.#createAt(member, name, wish, request, decision, call);
        this.#report(decision, request);
        return created;
      } catch (thrown) {
        const error = PsoError.from(thrown);
        const isOver = error.finality === 'in-doubt' || !TRY_ANOTHER.has(error.code) || tried.size + 1 >= MAX_ARRAYS;
        if (isOver || call.signal.aborted) throw error;
        tried.set(member.state.settings.endpoint, error);
      }
    }
  }

  #decide(wish: PlacementRequest, tried: ReadonlyMap<string, PsoError>): Decision {
    const { fleet, clock, random, policy, reservations } = this.#parts;
    const snapshot = fleet.snapshot();
    const arrays =
      tried.size === 0
        ? snapshot.arrays
        : snapshot.arrays.map(array => {
            const error = tried.get(array.settings.endpoint);
            return error ? { ...array, trouble: error.message } : array;
          });
    return place({
      request: wish,
      policy,
      random,
      reserved: reservations.sums(),
      nowMs: clock.nowMs(),
      snapshot: tried.size === 0 ? snapshot : { ...snapshot, arrays },
    });
  }

  /** The volume may be there already, so only an answer of that array settles anything: all else leaves it in doubt. */
  async #createAgain(
    holder: Member,
    name: string,
    wish: PlacementRequest,
    request: CreateVolumeRequest,
    call: CallContext,
  ): Promise<CreatedVolume> {
    try {
      return await this.#createAt(holder, name, wish, request, null, call);
    } catch (thrown) {
      const error = PsoError.from(thrown);
      throw NO_ANSWER.has(error.code) && error.finality === 'final' ? error.inDoubt() : error;
    }
  }

  async #createAt(
    member: Member,
    name: string,
    wish: PlacementRequest,
    request: CreateVolumeRequest,
    decision: Decision | null,
    call: CallContext,
  ): Promise<CreatedVolume> {
    const { endpoint, labels } = member.state.settings;
    const reservation = this.#parts.reservations.reserve(endpoint, expectedBytes(wish.sizeBytes, this.#parts.policy));
    try {
      const volume = await member.backend.createVolume(this.#spec(name, wish, request, decision), call);
      this.#checkFits(volume, request);
      this.#pins.made(name, endpoint);
      reservation.settle();
      return { volume, segments: topologySegments(labels) };
    } catch (thrown) {
      const error = PsoError.from(thrown);
      reservation.cancel();
      if (error.finality === 'in-doubt') this.#pins.doubt(name, endpoint);
      // "Not sent" says nothing about an earlier call that was: only an array's answer lifts a pin.
      else if (!NO_ANSWER.has(error.code)) this.#pins.forget(name);
      else if (this.#pins.isDoubtful(name)) throw error.inDoubt();
      throw error;
    }
  }

  #checkFits(volume: Volume, { requiredBytes, limitBytes, name }: CreateVolumeRequest): void {
    const isFine = volume.sizeBytes >= (requiredBytes ?? 0) && (!limitBytes || volume.sizeBytes <= limitBytes);
    if (isFine) return;
    throw new PsoError(
      'volume-differs',
      `Volume ${name} exists with ${volume.sizeBytes} bytes, asked for: ${requiredBytes ?? 0}…${limitBytes ?? 'any'}.`,
      'Use another name.',
    );
  }

  #spec(
    name: string,
    wish: PlacementRequest,
    request: CreateVolumeRequest,
    decision: Decision | null,
  ): CreateVolumeSpec {
    const { qos, claim, volumeName: pv } = request.parameters;
    return {
      name,
      sizeBytes: wish.sizeBytes,
      qos: { iopsLimit: qos.iopsLimit ?? 0, bandwidthLimitBytesPerSecond: qos.bandwidthLimitBytesPerSecond ?? 0 },
      source: request.source ? { kind: request.source.kind, name: request.source.handle.name } : { kind: 'blank' },
      fileSystem: fileSystemWishes(request.parameters.file, this.#parts.fileDefaults ?? NO_FILE_DEFAULTS),
      tags: {
        cluster: this.#parts.clusterId,
        ...(claim ? { namespace: claim.namespace, claim: claim.name } : {}),
        ...(pv === null ? {} : { pv }),
        ...(decision ? { decision: shortDecision(decision) } : {}),
        ...request.parameters.tags,
      },
      protectionGroup: request.parameters.protectionGroup,
    };
  }

  #report(decision: Decision, { parameters, name }: CreateVolumeRequest): void {
    this.#parts.onPlacement({ decision, claim: parameters.claim, name });
  }
}
