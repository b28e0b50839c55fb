import type { ChapKeySource } from '../domain/chap.ts';
import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import { readInitiatorIqn } from './initiator.ts';
import { writeChap } from './iscsi-records.ts';
import type { Session } from './iscsi-sessions.ts';
import { listSessions } from './iscsi-sessions.ts';
import type { LoginLimits } from './portal-logins.ts';
import { PortalLogins } from './portal-logins.ts';
import type { StagingNotes } from './staging-notes.ts';
import { runTool } from './tool-runner.ts';

export interface IscsiLoginParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notes: StagingNotes;
  /** What this node proves itself with comes from this key; absent: no CHAP. */
  readonly chapKey?: ChapKeySource | null;
}

/** iscsiadm(8): 15 = session exists, 19 = fatal login error, 21 = no object found, 24 = login failed because of authorization. */
const SESSION_EXISTS = 15;
const FATAL = 19;
const NOT_FOUND = 21;
const REFUSED = 24;
const DAEMON_HINT = 'Check that iscsid runs on the node (systemctl status iscsid) and that the portal answers.';

/** Makes sure that this node has a session with each portal of a target, and takes away those that it made. */
export class IscsiLogin {
  readonly #parts: IscsiLoginParts;
  readonly #limits: LoginLimits;
  readonly #logins: PortalLogins;

  constructor(parts: IscsiLoginParts, limits: LoginLimits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#logins = new PortalLogins({ ...parts, limits, login: (...to) => this.#loginOnce(...to) });
  }

  /** Logs in to every portal at once. Answers as soon as all are there, or one is and the grace time is over. */
  async ensure(targetIqn: string, portals: readonly string[]): Promise<readonly Session[]> {
    const before = await listSessions(this.#parts.fs, targetIqn);
    const missing = portals.filter(portal => !before.some(session => session.portal === portal));
    const hasSession = before.some(session => session.isLoggedIn);
    if (missing.length > 0) await this.#logins.open(targetIqn, missing, hasSession);
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
    // One that comes up afterwards would be nobody's.
    await this.#logins.settled(targetIqn);
    // By note, not by session: a logout that failed half-way is finished by the next one.
    const portals = await notes.ownLogins(targetIqn);
    await Promise.all(portals.map(portal => this.#iscsiadm(targetIqn, portal, ['--logout'], [0, NOT_FOUND])));
    // One after the other: iscsiadm fails when a neighbour's record vanishes while it reads the target's folder.
    for (const portal of portals) {
      await this.#iscsiadm(targetIqn, portal, ['-o', 'delete'], [0, NOT_FOUND]);
      await notes.forgetLogin(targetIqn, portal);
    }
  }

  async #loginOnce(targetIqn: string, portal: string): Promise<void> {
    const { notes } = this.#parts;
    await this.#iscsiadm(targetIqn, portal, ['-o', 'new'], [0, SESSION_EXISTS]);
    await this.#iscsiadm(targetIqn, portal, ['-o', 'update', ...updates(this.#limits.loginTimeoutMs)], [0]);
    // The note goes first: a session that nobody remembers would stay for ever.
    await notes.rememberLogin(targetIqn, portal);
    const isProven = await this.#loginWithChap(targetIqn, portal);
    if (isProven) return;
    const code = await this.#iscsiadm(targetIqn, portal, ['--login'], [0, SESSION_EXISTS, REFUSED]);
    if (code === REFUSED) throw refused(targetIqn, portal, Boolean(this.#parts.chapKey));
  }

  /**
   * False where there is no CHAP, or it does not help: an array that asks for nothing yet, as it does while volumes are
   * connected, may take the offer for an error. To log in without gives nothing away: only the node proves itself.
   */
  async #loginWithChap(targetIqn: string, portal: string): Promise<boolean> {
    const { chapKey, fs } = this.#parts;
    const initiator = chapKey ? await readInitiatorIqn(fs) : null;
    if (!chapKey || initiator === null) return false;
    await writeChap(fs, targetIqn, portal, (await chapKey()).credentialsFor(initiator, targetIqn));
    const code = await this.#iscsiadm(targetIqn, portal, ['--login'], [0, SESSION_EXISTS, FATAL, REFUSED]);
    if (code !== FATAL && code !== REFUSED) return true;
    await writeChap(fs, targetIqn, portal, null);
    return false;
  }

  async #iscsiadm(
    targetIqn: string,
    portal: string,
    args: readonly string[],
    accept: readonly number[],
  ): Promise<number> {
    const { code } = await runTool(
      this.#parts.exec,
      'iscsiadm',
      ['-m', 'node', '-T', targetIqn, '-p', portal, ...args],
      {
        timeoutMs: this.#limits.loginTimeoutMs + 2_000,
        nextStep: DAEMON_HINT,
        accept,
      },
    );
    return code;
  }
}

const refused = (targetIqn: string, portal: string, hasChap: boolean): PsoError =>
  new PsoError(
    'login-refused',
    `Target ${targetIqn} at ${portal} refused the login of this node, which ${hasChap ? 'proved itself by CHAP' : 'has no CHAP secret'}.`,
    hasChap
      ? 'Drain the node, so that the array gives its host the present secret with the next volume; check that controller and node plugin have the same flasharray.chapSecret.'
      : 'Check on the array that a host has the IQN of this node, and that it has no CHAP user, or set flasharray.chapSecret.',
    { finality: 'in-doubt' },
  );

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
