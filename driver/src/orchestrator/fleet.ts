import type { ArrayConnection, BackendFactory, ArrayBackend, CallContext } from '../backends/backend.ts';
import type { ArrayObservation, ArraySettings, ArrayState, FleetSnapshot } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

export interface FleetParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly makeBackend: BackendFactory;
  /** Between two polls of one array. */
  readonly pollMs: number;
}

/** One configured array, from its first contact to its removal. */
export interface Member {
  readonly backend: ArrayBackend;
  readonly state: ArrayState;
  /** The array's UUID; null until it was reached once. */
  readonly arrayId: string | null;
  /** Since when it does not answer, on the Clock's monotonic scale; null while it does. */
  readonly silentSinceMs: number | null;
}

interface LiveMember {
  readonly connection: ArrayConnection;
  readonly backend: ArrayBackend;
  readonly stop: AbortController;
  /** Resolves after the first poll, good or bad. */
  readonly firstPoll: Promise<void>;
  observation: ArrayObservation | null;
  trouble: string | null;
  silentSinceMs: number | null;
}

/** A poll may not hang longer than this, whatever the transport allows. */
const POLL_LIMIT_MS = 15_000;
/** An array that does not answer is asked again sooner than a healthy one. */
const RETRY_MS = 10_000;

/** Polls every array on a schedule of its own and shows all of them as one frozen value. */
export class Fleet {
  readonly #parts: FleetParts;
  readonly #members = new Map<string, LiveMember>();
  #snapshot: FleetSnapshot | null = null;
  #polls = 0;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** Adds, removes and replaces members; unchanged ones keep their session and figures. */
  configure(connections: readonly ArrayConnection[]): void {
    const wanted = new Map(connections.map(connection => [connection.endpoint, connection]));
    for (const [endpoint, member] of this.#members) {
      const next = wanted.get(endpoint);
      if (next && JSON.stringify(next) === JSON.stringify(member.connection)) continue;
      this.#members.delete(endpoint);
      member.stop.abort();
      void this.#close(member);
    }
    let index = 0;
    for (const connection of connections) {
      if (!this.#members.has(connection.endpoint)) this.#add(connection, index / Math.max(1, connections.length));
      index += 1;
    }
    this.#snapshot = null;
  }

  snapshot(): FleetSnapshot {
    this.#snapshot ??= Object.freeze({
      takenAtMs: this.#parts.clock.nowMs(),
      arrays: Object.freeze([...this.#members.values()].map(stateOf)),
    });
    return this.#snapshot;
  }

  members(): readonly Member[] {
    return [...this.#members.values()].map(toMember);
  }

  member(endpoint: string): Member | null {
    const member = this.#members.get(endpoint);
    return member ? toMember(member) : null;
  }

  /** The array of a handle. Throws `unavailable` when no reached array has that id: it may only be away. */
  byArrayId(arrayId: string, what: string): Member {
    for (const member of this.#members.values()) {
      if (member.observation?.identity.id.toLowerCase() === arrayId && !this.#isDouble(member)) return toMember(member);
    }
    const silent = [...this.#members.values()].filter(({ observation }) => !observation);
    const hint =
      silent.length > 0 ? ` Not reached yet: ${silent.map(({ connection }) => connection.endpoint).join(', ')}.` : '';
    throw new PsoError(
      'array-not-configured',
      `${what}: no configured array has the id ${arrayId}.${hint}`,
      'Add the array to arrays in the values of the chart, or make it reachable.',
    );
  }

  /** Waits until every array was asked once, at most `maxMs`: right after a start, a decision should not be blind. */
  async whenAsked(maxMs: number): Promise<void> {
    const first = [...this.#members.values()].filter(({ observation, trouble }) => !observation && !trouble);
    if (first.length === 0) return;
    const stop = new AbortController();
    const limit = this.#parts.clock.sleep(maxMs, stop.signal).catch(() => undefined);
    await Promise.race([Promise.all(first.map(({ firstPoll }) => firstPoll)), limit]);
    stop.abort(new PsoError('caller-gone', 'No longer of interest.', ''));
  }

  async close(): Promise<void> {
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const { stop } of members) stop.abort();
    await Promise.all(members.map(member => this.#close(member)));
  }

  #add(connection: ArrayConnection, phase: number): void {
    const asked = Promise.withResolvers<undefined>();
    const member: LiveMember = {
      connection,
      backend: this.#parts.makeBackend(connection),
      stop: new AbortController(),
      firstPoll: asked.promise,
      observation: null,
      trouble: null,
      silentSinceMs: this.#parts.clock.nowMs(),
    };
    this.#members.set(connection.endpoint, member);
    void this.#pollForEver(member, phase, () => asked.resolve(undefined));
  }

  /** The first poll comes at once, the second after a part of the interval, so that polls of many arrays spread out. */
  async #pollForEver(member: LiveMember, phase: number, asked: () => void): Promise<void> {
    const { clock, pollMs } = this.#parts;
    let waitMs = pollMs * (0.5 + phase / 2);
    while (!member.stop.signal.aborted) {
      const isGood = await this.#poll(member);
      asked();
      try {
        await clock.sleep(isGood ? waitMs : Math.min(waitMs, RETRY_MS), member.stop.signal);
      } catch {
        return;
      }
      waitMs = pollMs;
    }
  }

  async #poll(member: LiveMember): Promise<boolean> {
    const { clock, logger } = this.#parts;
    const before = member.trouble;
    try {
      member.observation = deepFreeze(await member.backend.observe(this.#pollContext(member)));
      member.trouble = this.#doubleOf(member);
    } catch (thrown) {
      if (member.stop.signal.aborted) return false;
      member.trouble = PsoError.from(thrown).sentence;
    }
    member.silentSinceMs = member.trouble === null ? null : (member.silentSinceMs ?? clock.nowMs());
    const array = member.observation?.identity.name ?? member.connection.endpoint;
    if (member.trouble !== before) {
      if (member.trouble !== null) logger.warn({ array, endpoint: member.connection.endpoint }, member.trouble);
      else logger.info({ array, endpoint: member.connection.endpoint }, 'array is reachable');
    }
    this.#snapshot = null;
    return member.trouble === null && clock.nowMs() >= 0;
  }

  #pollContext(member: LiveMember): CallContext {
    this.#polls += 1;
    const deadlineMs = this.#parts.clock.nowMs() + POLL_LIMIT_MS;
    return { requestId: `poll-${this.#polls}`, deadlineMs, signal: member.stop.signal };
  }

  #isDouble(member: LiveMember): boolean {
    return this.#doubleOf(member) !== null;
  }

  /** One array under two endpoints, or two arrays of one name: the later entry is refused by name. */
  #doubleOf(member: LiveMember): string | null {
    const mine = member.observation?.identity;
    if (!mine) return null;
    for (const other of this.#members.values()) {
      if (other === member) return null;
      const theirs = other.observation?.identity;
      if (!theirs) continue;
      if (theirs.id.toLowerCase() === mine.id.toLowerCase()) {
        return `MgmtEndPoint ${member.connection.endpoint} is the array ${mine.name} (${mine.id}), which ${other.connection.endpoint} serves already. Remove one of the two from the values of the chart.`;
      }
      if (theirs.name.toLowerCase() === mine.name.toLowerCase()) {
        return `MgmtEndPoint ${member.connection.endpoint} has the array name "${mine.name}", which the array at ${other.connection.endpoint} has, too. Rename one of the two arrays.`;
      }
    }
    return null;
  }

  async #close(member: LiveMember): Promise<void> {
    try {
      await member.backend.close();
    } catch (error) {
      this.#parts.logger.warn({ endpoint: member.connection.endpoint }, PsoError.from(error).sentence);
    }
  }
}

const toMember = (member: LiveMember): Member => ({
  backend: member.backend,
  state: stateOf(member),
  arrayId: member.observation?.identity.id ?? null,
  silentSinceMs: member.silentSinceMs,
});

function stateOf({ connection, observation, trouble }: LiveMember): ArrayState {
  const { endpoint, kind, labels, cordoned, sanType } = connection;
  const own = sanType === undefined ? {} : { sanType };
  const settings: ArraySettings = Object.freeze({ endpoint, kind, labels, cordoned, ...own });
  return Object.freeze({ settings, observation, trouble });
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner as unknown);
  }
  return value;
}
