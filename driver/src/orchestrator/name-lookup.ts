import type { CallContext } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { Volume } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import { Coalescer } from '../lib/coalescer.ts';
import type { Fleet, Member } from './fleet.ts';
import { ownCall } from './own-call.ts';
import { isReached, SharedPods } from './shared-pods.ts';

/** Names in one question: a URL of about 8 kB. */
const LIMITS = { waitMs: 2, maxBatch: 100 };

/** Asks all given arrays at once for a name; the names of a burst share one call an array. */
export class NameLookup {
  readonly #clock: Clock;
  readonly #fleet: Fleet;
  readonly #batches = new Map<string, Coalescer<Volume>>();
  #calls = 0;

  constructor(clock: Clock, fleet: Fleet) {
    this.#clock = clock;
    this.#fleet = fleet;
  }

  /** An array that has it; null when none has. Rejects when one cannot tell, or two have different volumes of that name. */
  async find(name: string, members: readonly Member[]): Promise<Member | null> {
    const found = await Promise.all(members.map(async member => ((await this.has(member, name)) ? member : null)));
    const holders = found
      .filter(member => member !== null)
      .sort((one, other) => ((one.arrayId ?? '') < (other.arrayId ?? '') ? -1 : 1));
    const [holder = null] = holders;
    if (holders.length < 2 || (await this.#isOne(name, holders, members))) return holder;
    const names = holders.map(({ state }) => state.observation?.identity.name ?? state.settings.endpoint);
    throw new PsoError(
      'name-on-several-arrays',
      `Volume ${name} exists on several arrays: ${names.join(', ')}.`,
      'Destroy the one that no PersistentVolume names, then the claim goes on.',
    );
  }

  async #isOne(name: string, holders: readonly Member[], members: readonly Member[]): Promise<boolean> {
    return holders.every(isReached) && (await new SharedPods(members, this.#ownCall()).isOne(name, holders));
  }

  /** Rejects when the array cannot tell. */
  async has(member: Member, name: string): Promise<boolean> {
    return (await this.#ask(member, name)) !== null;
  }

  async #ask(member: Member, name: string): Promise<Volume | null> {
    const { endpoint } = member.state.settings;
    try {
      return await this.#batchOf(endpoint).get(name);
    } catch (thrown) {
      const error = PsoError.from(thrown);
      throw new PsoError(
        'volume-may-exist',
        `Whether volume ${name} exists already on array ${endpoint} could not be found out: ${error.message}`,
        error.nextStep,
        { finality: 'in-doubt', cause: error },
      );
    }
  }

  #batchOf(endpoint: string): Coalescer<Volume> {
    const known = this.#batches.get(endpoint);
    if (known) return known;
    const batch = new Coalescer<Volume>(this.#clock, LIMITS, async names => {
      const member = this.#fleet.member(endpoint);
      if (!member) return new Map();
      const volumes = await member.backend.findVolumes(names, this.#ownCall());
      return new Map(volumes.map(volume => [volume.handle.name, volume]));
    });
    this.#batches.set(endpoint, batch);
    return batch;
  }

  #ownCall(): CallContext {
    this.#calls += 1;
    return ownCall(this.#clock, `names-${this.#calls}`);
  }
}
