import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import type { Session } from './iscsi-sessions.ts';
import { listSessions } from './iscsi-sessions.ts';
import type { StagingNotes } from './staging-notes.ts';
import { runTool } from './tool-runner.ts';

export interface IscsiLoginParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notes: StagingNotes;
}

export interface LoginLimits {
  /** One login, from start to failure. */
  readonly loginTimeoutMs: number;
  /** How long the first working path waits for the others. */
  readonly graceMs: number;
  /** A portal that failed is not waited for again within this time. */
  readonly retryAfterMs: number;
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = { loginTimeoutMs: 20_000, graceMs: 5_000, retryAfterMs: 60_000 };

/** iscsiadm(8): 15 = session exists, 21 = no object found. */
const SESSION_EXISTS = 15;
const NOT_FOUND = 21;
const DAEMON_HINT = 'Check that iscsid runs on the node (systemctl status iscsid) and that the portal answers.';

/** Makes sure that this node has a session with each portal of a target, and takes away those that it made. */
export class IscsiLogin {
  readonly #parts: IscsiLoginParts;
  readonly #limits: LoginLimits;
  /** Logins under way, so that a slow portal is asked once only. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #failedAtMs = new Map<string, number>();

  constructor(parts: IscsiLoginParts, limits: LoginLimits = DEFAULT_LOGIN_LIMITS) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** Logs in to every portal at once. Answers as soon as all are there, or one is and the grace time is over. */
  async ensure(targetIqn: string, portals: readonly string[]): Promise<readonly Session[]> {
    const before = await listSessions(this.#parts.fs, targetIqn);
    const missing = portals.filter(portal => !before.some(session => session.portal === portal));
    if (missing.length > 0)
      await this.#loginAll(
        targetIqn,
        missing,
        before.some(session => session.isLoggedIn),
      );
    const sessions = missing.length === 0 ? before : await listSessions(this.#parts.fs, targetIqn);
    const usable = sessions.filter(session => session.isLoggedIn);
    if (usable.length > 0) return usable;
    throw new PsoError(
      'no-session',
      `Target ${targetIqn}: no session with any of its portals ${portals.join(', ')}.`,
      DAEMON_HINT,
      { finality: 'in-doubt' },
    );
  }

  /** Ends the sessions of a target that this driver made; others' sessions stay. */
  async logout(targetIqn: string): Promise<void> {
    const { notes } = this.#parts;
    // By note, not by session: a logout that failed half-way is finished by the next one.
    const portals = await notes.ownLogins(targetIqn);
    await Promise.all(portals.map(portal => this.#iscsiadm(targetIqn, portal, ['--logout'], [0, NOT_FOUND])));
    // One after the other: iscsiadm fails when a neighbour's record vanishes while it reads the target's folder.
    for (const portal of portals) {
      await this.#iscsiadm(targetIqn, portal, ['-o', 'delete'], [0, NOT_FOUND]);
      await notes.forgetLogin(targetIqn, portal);
    }
  }

  async #loginAll(targetIqn: string, portals: readonly string[], hasSession: boolean): Promise<void> {
    const now = this.#parts.clock.nowMs();
    const isFresh = (portal: string) => now - (this.#failedAtMs.get(portal) ?? -Infinity) > this.#limits.retryAfterMs;
    const logins = portals.map(portal => ({ isAwaited: isFresh(portal), done: this.#login(targetIqn, portal) }));
    if (!hasSession) await firstSuccess(logins.map(({ done }) => done));
    await this.#upToGrace(Promise.allSettled(logins.filter(({ isAwaited }) => isAwaited).map(({ done }) => done)));
  }

  async #upToGrace(work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const grace = this.#parts.clock.sleep(this.#limits.graceMs, done.signal).catch(() => undefined);
    await Promise.race([work, grace]);
    done.abort();
  }

  #login(targetIqn: string, portal: string): Promise<void> {
    const key = `${targetIqn},${portal}`;
    const login =
      this.#running.get(key) ??
      this.#loginOnce(targetIqn, portal)
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

  async #loginOnce(targetIqn: string, portal: string): Promise<void> {
    const { notes } = this.#parts;
    await this.#iscsiadm(targetIqn, portal, ['-o', 'new'], [0, SESSION_EXISTS]);
    await this.#iscsiadm(targetIqn, portal, ['-o', 'update', ...updates(this.#limits.loginTimeoutMs)], [0]);
    // The note goes first: a session that nobody remembers would stay for ever.
    await notes.rememberLogin(targetIqn, portal);
    await this.#iscsiadm(targetIqn, portal, ['--login'], [0, SESSION_EXISTS]);
  }

  async #iscsiadm(
    targetIqn: string,
    portal: string,
    args: readonly string[],
    accept: readonly number[],
  ): Promise<void> {
    await runTool(this.#parts.exec, 'iscsiadm', ['-m', 'node', '-T', targetIqn, '-p', portal, ...args], {
      timeoutMs: this.#limits.loginTimeoutMs + 2_000,
      nextStep: DAEMON_HINT,
      accept,
    });
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

/**
 * `scan=manual`: a login must not bring in the LUNs of other volumes, which may be leaving this node right now.
 * `startup=manual`: the sessions are ours, not the boot scripts'.
 */
function updates(loginTimeoutMs: number): readonly string[] {
  const settings = {
    'node.session.scan': 'manual',
    'node.startup': 'manual',
    'node.conn[0].timeo.login_timeout': String(Math.ceil(loginTimeoutMs / 2000)),
    'node.session.initial_login_retry_max': '2',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-n', name, '-v', value]);
}
