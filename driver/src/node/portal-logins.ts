import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

export interface LoginLimits {
  /** One login, from start to failure. */
  readonly loginTimeoutMs: number;
  /** How long the first working path waits for the others. */
  readonly graceMs: number;
  /** A portal that failed is not waited for again within this time. */
  readonly retryAfterMs: number;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = { loginTimeoutMs: 20_000, graceMs: 5_000, retryAfterMs: 60_000 };

export interface PortalLoginsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LoginLimits;
  /** Makes one session; harmless where there is one. */
  readonly login: (target: string, portal: string) => Promise<void>;
}

/** Logs in to the portals of a target at once, so that one that is dead costs the others little. */
export class PortalLogins {
  readonly #parts: PortalLoginsParts;
  /** Logins under way, so that a slow portal is asked once only. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #failedAtMs = new Map<string, number>();

  constructor(parts: PortalLoginsParts) {
    this.#parts = parts;
  }

  /** Answers as soon as all are there, or one is (`hasSession`: it is already) and the grace time is over. */
  async open(target: string, portals: readonly string[], hasSession: boolean): Promise<void> {
    const { clock, limits } = this.#parts;
    const now = clock.nowMs();
    const isFresh = (portal: string) => now - (this.#failedAtMs.get(portal) ?? -Infinity) > limits.retryAfterMs;
    // Logins may have to wait for each other, and one that failed lately is likely to be slow.
    const inOrder = [...portals.filter(isFresh), ...portals.filter(portal => !isFresh(portal))];
    const logins = inOrder.map(portal => ({ isAwaited: isFresh(portal), done: this.#login(target, portal) }));
    if (!hasSession) await firstSuccess(logins.map(({ done }) => done));
    await this.#upToGrace(Promise.allSettled(logins.filter(({ isAwaited }) => isAwaited).map(({ done }) => done)));
  }

  /** When no login to the target is under way any more. */
  async settled(target: string): Promise<void> {
    await Promise.allSettled(
      [...this.#running].filter(([key]) => key.startsWith(`${target},`)).map(([, login]) => login),
    );
  }

  async #upToGrace(work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const grace = this.#parts.clock.sleep(this.#parts.limits.graceMs, done.signal).catch(() => undefined);
    await Promise.race([work, grace]);
    done.abort();
  }

  #login(target: string, portal: string): Promise<void> {
    const key = `${target},${portal}`;
    const login =
      this.#running.get(key) ??
      this.#parts
        .login(target, portal)
        .then(() => void this.#failedAtMs.delete(portal))
        .catch((error: unknown) => {
          this.#failedAtMs.set(portal, this.#parts.clock.nowMs());
          this.#parts.logger.warn({ portal }, PsoError.from(error).sentence);
          throw error;
        })
        .finally(() => this.#running.delete(key));
    this.#running.set(key, login);
    // The caller may have gone on by the time it fails.
    login.catch(() => undefined);
    return login;
  }
}

/** The reason of the first portal stands for all of them; each is in the log. */
async function firstSuccess(logins: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.any(logins);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}
