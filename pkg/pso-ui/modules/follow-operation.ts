import { type Clock, CLOCK } from './follower.ts';
import { type App, failureIn, type Operation, outcomeOf } from './release.ts';

/** What a look at a running operation shows. */
export type Look = Seen | { readonly failure: string };

interface Seen {
  /** Null: there is no such release. */
  readonly app: App | null;
  readonly operation: Operation | null;
  /** Of Helm, so far. */
  readonly log: string;
  readonly hasLogEnded: boolean;
}

export type Ending =
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly message: string }
  /** Somebody removed the release meanwhile. */
  | { readonly state: 'gone' }
  /** It was sent, and Helm may still be at work. */
  | { readonly state: 'lost'; readonly message: string };

export interface Followed {
  readonly look: () => Promise<Look>;
  /** Revision before the operation. */
  readonly before: number;
  /** False: the page that asked was left. */
  readonly isWanted: () => boolean;
}

const POLL_MS = 2000;
const MAX_WAIT_MS = 15 * 60_000;
/** The App follows Helm's end by so much at most. */
const APP_DELAY_MS = 6000;
/** A server that has just started may not know the type yet, which reads the same. */
const GONE_MS = 20_000;
const MAX_SILENCE_MS = 60_000;

/** Looks until the operation has ended: a look that fails says nothing of it. */
export async function followOperation({ look, before, isWanted }: Followed, clock: Clock = CLOCK): Promise<Ending> {
  const judge = new Judge(before, clock);
  for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
    await clock.sleep(POLL_MS);
    if (!isWanted()) return { state: 'lost', message: 'The page was left.' };
    const ending = judge.of(await look());
    if (ending) return ending;
  }
  return { state: 'lost', message: `It did not end within ${MAX_WAIT_MS / 60_000} minutes.` };
}

/** What one look after the other means; some things count only once they last. */
class Judge {
  readonly #before: number;
  readonly #silent: Spell;
  readonly #gone: Spell;
  readonly #refused: Spell;
  readonly #ended: Spell;

  constructor(before: number, clock: Clock) {
    this.#before = before;
    this.#silent = new Spell(clock, MAX_SILENCE_MS);
    this.#gone = new Spell(clock, GONE_MS);
    this.#refused = new Spell(clock, APP_DELAY_MS);
    this.#ended = new Spell(clock, APP_DELAY_MS);
  }

  /** Null: it runs, as far as anybody knows. */
  of(look: Look): Ending | null {
    const isSilent = 'failure' in look;
    const isLost = this.#silent.lasts(isSilent);
    const isGone = this.#gone.lasts(!isSilent && look.app === null);
    if (isSilent) return isLost ? { state: 'lost', message: look.failure } : null;
    if (look.app === null) return isGone ? { state: 'gone' } : null;
    return this.ofApp(look.app, look);
  }

  private ofApp(app: App, { operation, log, hasLogEnded }: Seen): Ending | null {
    const outcome = outcomeOf(operation, app, this.#before);
    // The next save is compared with the App, so it should have Helm's revision first, if there is one.
    const mayFollow = outcome.state === 'failed' && app.spec.version === this.#before;
    const isOver = this.#refused.lasts(mayFollow) || !mayFollow;
    if (outcome.state !== 'running' && isOver) return outcome;
    const failure = this.#ended.lasts(hasLogEnded) ? failureIn(log) : null;
    return failure === null ? null : { state: 'failed', message: failure };
  }
}

/** How long something is so without a break. */
class Spell {
  readonly #clock: Clock;
  readonly #enoughMs: number;
  #sinceMs: number | null = null;

  constructor(clock: Clock, enoughMs: number) {
    this.#clock = clock;
    this.#enoughMs = enoughMs;
  }

  lasts(isSo: boolean): boolean {
    const nowMs = this.#clock.now();
    this.#sinceMs = isSo ? (this.#sinceMs ?? nowMs) : null;
    return this.#sinceMs !== null && nowMs - this.#sinceMs >= this.#enoughMs;
  }
}
