import { createHmac } from 'node:crypto';
import { PsoError } from './errors.ts';

/** With what an initiator proves itself to a target (RFC 7143 §12.1.3). The password is secret; the name is not. */
export interface ChapCredentials {
  /** Changes with the key: arrays show names, but not passwords, so it tells whether a host has what is wanted. */
  readonly user: string;
  /** 40 hex digits: FlashArrays take 12 to 255 characters, iscsid 255. */
  readonly password: string;
}

/** Reads the key anew, as it may have been changed; rejects when there is none that can be used. */
export type ChapKeySource = () => Promise<ChapKey>;

const MIN_KEY_LENGTH = 32;
const USER_PREFIX = 'pso-';

/**
 * One secret of a cluster, known to controller and node plugins, from which both derive what each node proves itself with
 * at each array: nothing has to travel between them. No text form shows it.
 */
export class ChapKey {
  readonly #key: string;

  private constructor(key: string) {
    this.#key = key;
  }

  /** `text`: a file's content, null when it is missing. Space at its end does not count. */
  static parse(file: string, text: string | null): ChapKey {
    const key = text?.trimEnd() ?? '';
    if (key.length >= MIN_KEY_LENGTH) return new ChapKey(key);
    throw new PsoError(
      'chap-key-unusable',
      `CHAP key ${file} ${text === null ? 'is missing' : `has ${key.length} characters, at least ${MIN_KEY_LENGTH} are needed`}.`,
      'Put a random text under "key" into the Secret that flasharray.chapSecret names, e.g. of openssl rand -hex 32.',
    );
  }

  /** Of one node at one array; names of initiators and targets know no upper case (RFC 7143 §4.2.7.2). */
  credentialsFor(initiatorIqn: string, targetIqn: string): ChapCredentials {
    const derive = (what: string): string =>
      createHmac('sha256', this.#key).update([what, initiatorIqn, targetIqn].join('\n').toLowerCase()).digest('hex');
    return { user: `${USER_PREFIX}${derive('user').slice(0, 12)}`, password: derive('password').slice(0, 40) };
  }
}

/** Whether this driver, with whatever key, gave a host the name. */
export const isOwnChapUser = (user: string): boolean => user.startsWith(USER_PREFIX);
