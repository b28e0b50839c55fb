import type { UsageOnArray } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { ArrayUsage, FleetUsageAnswer } from '../domain/volume-report.ts';
import type { Clock } from '../lib/clock.ts';
import { KeptAnswers } from '../lib/kept-answers.ts';
import type { Fleet, Member } from './fleet.ts';
import { ownCall } from './own-call.ts';

const HISTORY_MS = 30 * 86_400_000;
/** Volumes in a list. */
const MOST = 10;
/** However many look at it, an array is asked so often at most. */
const FRESH_MS = 60_000;
const MAX_KEPT = 1000;
/** Right after a start. */
const FIRST_CONTACT_MS = 3000;

export interface FleetUsageParts {
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Names of its volumes start so, and with `-`. */
  readonly clusterId: string;
}

type Outcome = UsageOnArray & Pick<ArrayUsage, 'trouble'>;

const unknown = (trouble: string): Outcome => ({ history: [], largest: [], busiest: [], trouble });

/** How the arrays filled, and by what of this cluster: asked when somebody looks. Changes nothing. */
export class FleetUsage {
  readonly #parts: FleetUsageParts;
  readonly #kept: KeptAnswers<Outcome>;

  constructor(parts: FleetUsageParts) {
    this.#parts = parts;
    this.#kept = new KeptAnswers(parts.clock, { freshMs: FRESH_MS, maxEntries: MAX_KEPT });
  }

  /** Never fails: an array that does not answer says why. */
  async tell(): Promise<FleetUsageAnswer> {
    const { fleet } = this.#parts;
    await fleet.whenAsked(FIRST_CONTACT_MS);
    return { arrays: await Promise.all(fleet.members().map(member => this.#of(member))) };
  }

  async #of(member: Member): Promise<ArrayUsage> {
    const { state, arrayId } = member;
    const { endpoint } = state.settings;
    const array = { endpoint, name: state.observation?.identity.name ?? endpoint };
    if (state.trouble !== null) return { ...array, ...unknown(state.trouble) };
    const [outcome] = await this.#kept.ask([`${endpoint} ${arrayId ?? ''}`], async () => {
      const answer = await this.#ask(member);
      return () => answer;
    });
    return { ...array, ...(outcome ?? unknown('It was not asked.')) };
  }

  async #ask({ backend }: Member): Promise<Outcome> {
    const { clock, clusterId } = this.#parts;
    const endMs = clock.wallMs();
    const wishes = { prefix: `${clusterId}-`, startMs: endMs - HISTORY_MS, endMs, most: MOST };
    try {
      return { ...(await backend.usage(wishes, ownCall(clock, 'usage'))), trouble: null };
    } catch (thrown) {
      return unknown(PsoError.from(thrown).sentence);
    }
  }
}
