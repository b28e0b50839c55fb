import { isOwnChapUser, type ChapCredentials } from '../../domain/chap.ts';
import { PsoError } from '../../domain/errors.ts';
import { patchHostChap, type HostItem } from '../../rest/flasharray/hosts.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';

/** Whether a host with this CHAP name is as it should be; without CHAP, an administrator's own is none of ours. */
export const isAsWanted = (chapUser: string | null, wanted: ChapCredentials | null): boolean =>
  wanted === null ? chapUser === null || !isOwnChapUser(chapUser) : chapUser === wanted.user;

/** Keeps what hosts prove themselves with as the cluster wants it, and remembers where that has to wait. */
export class HostChap {
  readonly #rest: RestClient;
  readonly #waiting = new Set<string>();

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** One sentence about hosts whose change waits. */
  get warnings(): readonly string[] {
    if (this.#waiting.size === 0) return [];
    const names = [...this.#waiting].sort().join(', ');
    return [
      `CHAP of the hosts ${names} is not as flasharray.chapSecret wants it, as volumes are connected to them: it is set with the first volume after such a node was drained.`,
    ];
  }

  /**
   * Only while no volume is connected: a session keeps what it was made with, so it would be refused when it has to be
   * made anew after a path was away, and the node's volumes would stand still. Returns the name that the host has then.
   */
  async settle(host: HostItem, wanted: ChapCredentials | null, call: RestCall): Promise<string | null> {
    const { name, chapUser, connectionCount } = host;
    this.#waiting.delete(name);
    if (isAsWanted(chapUser, wanted)) return chapUser;
    if (chapUser !== null && !isOwnChapUser(chapUser)) throw foreignChap(this.#rest.array, name, chapUser);
    if (connectionCount > 0) {
      this.#waiting.add(name);
      return chapUser;
    }
    await patchHostChap(this.#rest, name, wanted, call);
    return wanted?.user ?? null;
  }
}

const foreignChap = (array: string, host: string, user: string): PsoError =>
  new PsoError(
    'host-chap-foreign',
    `Array ${array}: host ${host} has the CHAP user "${user}", which this driver did not set, and flasharray.chapSecret asks for one of its own.`,
    'Take the CHAP user off the host on the array, or leave flasharray.chapSecret empty.',
  );
