import { ApiError } from '../common/api-error.ts';
import type { Seeded } from '../common/seeded.ts';
import type { Messages, Settings, Token } from './settings.ts';

/** What sessions need of an array's settings. */
export interface SessionSettings extends Pick<Settings, 'tokens' | 'badTokenStatus'> {
  readonly messages: Pick<Messages, 'badToken'>;
}

export interface Session {
  /** UUID; tells nothing about its token. */
  readonly id: string;
  readonly number: number;
  readonly startMs: number;
  readonly user: string;
  readonly role: Token['role'];
  lastUsedMs: number;
}

/** Logged-in users; a session ends by logout, by force, or by idling too long. */
export class Sessions {
  readonly #settings: SessionSettings;
  readonly #random: Seeded;
  readonly #open = new Map<string, Session>();
  #tokens: readonly Token[];
  logins = 0;

  constructor(settings: SessionSettings, random: Seeded) {
    this.#settings = settings;
    this.#random = random;
    this.#tokens = settings.tokens;
  }

  /** Still open, oldest first. */
  list(nowMs: number, idleTimeoutMs: number): Session[] {
    return [...this.#open.values()].filter(session => !hasIdled(session, nowMs, idleTimeoutMs));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Returns the session token. */
  login(apiToken: string | undefined, nowMs: number): { readonly sessionToken: string; readonly user: string } {
    const known = this.#tokens.find(({ token }) => token === apiToken);
    if (known === undefined) {
      throw new ApiError(this.#settings.badTokenStatus, [{ message: this.#settings.messages.badToken, context: null }]);
    }
    this.logins++;
    const sessionToken = this.#random.uuid();
    const { user, role } = known;
    const id = this.#random.uuid();
    this.#open.set(sessionToken, { id, number: this.logins, startMs: nowMs, user, role, lastUsedMs: nowMs });
    return { sessionToken, user: known.user };
  }

  logout(sessionToken: string | undefined): void {
    if (sessionToken !== undefined) this.#open.delete(sessionToken);
  }

  /** Throws 401 `Invalid session.` */
  require(sessionToken: string | undefined, nowMs: number, idleTimeoutMs: number): Session {
    const session = this.#open.get(sessionToken ?? '');
    if (session === undefined || hasIdled(session, nowMs, idleTimeoutMs)) {
      this.logout(sessionToken);
      throw new ApiError(401, [{ message: 'Invalid session.', context: null }]);
    }
    session.lastUsedMs = nowMs;
    return session;
  }

  /** All sessions end now, as when the array restarts its REST server. */
  expireAll(): void {
    this.#open.clear();
  }

  /** New API tokens; open sessions stay. */
  replaceTokens(tokens: readonly Token[]): void {
    this.#tokens = tokens;
  }
}

function hasIdled(session: Session, nowMs: number, idleTimeoutMs: number): boolean {
  return idleTimeoutMs > 0 && nowMs - session.lastUsedMs > idleTimeoutMs;
}
