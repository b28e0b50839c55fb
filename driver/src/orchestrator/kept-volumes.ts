import type { DeletedVolume, KeptVolumes as Kept, KeptVolumesAnswer } from '../domain/deleted-volume.ts';
import { PsoError } from '../domain/errors.ts';
import { isOwnName } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import { SharedRead } from '../lib/shared-read.ts';
import type { Fleet, Member } from './fleet.ts';
import { ownCall } from './own-call.ts';

/** Of one array; whoever looks for one among more sees that there are more. */
const MOST = 500;
/** However many look at it, an array is asked so often at most. */
const FRESH_MS = 10_000;
/** Right after a start. */
const FIRST_CONTACT_MS = 3000;

export interface KeptVolumesParts {
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Names of its volumes start so, and with `-`. */
  readonly clusterId: string;
}

/** What the arrays keep of this cluster's deleted volumes: one call an array, when somebody asks. Changes nothing. */
export class KeptVolumes {
  readonly #parts: KeptVolumesParts;
  readonly #read = new SharedRead<KeptVolumesAnswer>();
  #last: { readonly answer: KeptVolumesAnswer; readonly atMs: number } | null = null;

  constructor(parts: KeptVolumesParts) {
    this.#parts = parts;
  }

  /** Never fails: an array that does not answer says why. */
  async list(): Promise<KeptVolumesAnswer> {
    const last = this.#last;
    if (last && this.#parts.clock.nowMs() - last.atMs < FRESH_MS) return last.answer;
    return await this.#read.ask(() => this.#ask());
  }

  async #ask(): Promise<KeptVolumesAnswer> {
    const { clock, fleet } = this.#parts;
    await fleet.whenAsked(FIRST_CONTACT_MS);
    const answer = { arrays: await Promise.all(fleet.members().map(member => this.#keptBy(member))) };
    this.#last = { answer, atMs: clock.nowMs() };
    return answer;
  }

  async #keptBy({ backend, state }: Member): Promise<Kept> {
    const { clock, clusterId } = this.#parts;
    const prefix = `${clusterId}-`;
    const { endpoint } = state.settings;
    const array = { endpoint, name: state.observation?.identity.name ?? endpoint };
    if (state.trouble !== null) return { ...array, volumes: [], isWhole: false, trouble: state.trouble };
    try {
      const { items, next } = await backend.deletedVolumes(prefix, MOST, ownCall(clock, 'deleted'));
      // An array's filter takes a pod or volume group of such a name, too, whatever is in it.
      const own = items.filter(({ name }) => isOwnName(name, prefix));
      return { ...array, volumes: own.sort(soonestFirst), isWhole: next === null, trouble: null };
    } catch (thrown) {
      return { ...array, volumes: [], isWhole: false, trouble: PsoError.from(thrown).sentence };
    }
  }
}

const soonestFirst = (a: DeletedVolume, b: DeletedVolume): number => (a.leftMs ?? Infinity) - (b.leftMs ?? Infinity);
