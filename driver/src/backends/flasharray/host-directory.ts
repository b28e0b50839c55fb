import type { SanType } from '../../domain/array.ts';
import type { ChapCredentials, ChapKeySource } from '../../domain/chap.ts';
import { PsoError } from '../../domain/errors.ts';
import { initiatorOf, withoutInitiator, type NodeIdentity } from '../../domain/node-id.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { findHosts, postHost, type HostItem, type Initiator } from '../../rest/flasharray/hosts.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { HostChap, isAsWanted } from './host-chap.ts';
import { distinctHostNameOf, hostNameOf } from './host-names.ts';

interface KnownHost {
  readonly name: string;
  readonly chapUser: string | null;
}

/** Which host of the array is which node. The initiator decides, never the name. */
export class HostDirectory {
  readonly #rest: RestClient;
  readonly #sanType: SanType;
  readonly #chapKey: ChapKeySource | null;
  readonly #chap: HostChap;
  readonly #hostByInitiator = new Map<string, KnownHost>();
  readonly #nodeByHost = new Map<string, string>();
  /** Many volumes attached to a new node at once need one host. */
  readonly #resolving = new Map<string, SharedRead<string>>();

  /** `chapKey`: null for a cluster without CHAP. */
  constructor(rest: RestClient, sanType: SanType, chapKey: ChapKeySource | null) {
    this.#rest = rest;
    this.#sanType = sanType;
    this.#chapKey = chapKey;
    this.#chap = new HostChap(rest);
  }

  /** What an administrator should know of its hosts. */
  get warnings(): readonly string[] {
    return this.#chap.warnings;
  }

  /** The node behind a host, as far as this process has met it; else the host's own name. */
  nodeNameOf(hostName: string): string {
    return this.#nodeByHost.get(hostName) ?? hostName;
  }

  forget(node: NodeIdentity): void {
    for (const { name } of this.initiatorsOf(node)) this.#hostByInitiator.delete(name);
  }

  /** All names of the node, first the one of the protocol in use. */
  initiatorsOf(node: NodeIdentity): readonly Initiator[] {
    const { iqn, nqn } = node;
    const all: readonly Initiator[] = [
      ...(iqn === null ? [] : [{ kind: 'iqns' as const, name: iqn }]),
      ...(nqn === null ? [] : [{ kind: 'nqns' as const, name: nqn }]),
    ];
    const own = initiatorOf(node, this.#sanType);
    return [...all.filter(({ name }) => name === own), ...all.filter(({ name }) => name !== own)];
  }

  /** Null when the array has no host with that initiator of the node's. */
  async find(node: NodeIdentity, initiator: Initiator, call: RestCall): Promise<string | null> {
    const cached = this.#hostByInitiator.get(initiator.name);
    if (cached !== undefined) return cached.name;
    const host = await this.#lookUp(node, initiator, call);
    return host && this.#remember(initiator.name, node.name, host);
  }

  /** The host with the node's initiator, created when there is none, with the CHAP that it should have at the target. */
  async ensure(node: NodeIdentity, targetName: string, call: RestCall): Promise<string> {
    const own = initiatorOf(node, this.#sanType);
    const initiator = this.initiatorsOf(node).find(({ name }) => name === own);
    if (!initiator) throw withoutInitiator(node, this.#sanType);
    const { name } = initiator;
    const chap = await this.#chapOf(initiator, targetName);
    const cached = this.#hostByInitiator.get(name);
    if (cached !== undefined && isAsWanted(cached.chapUser, chap)) return cached.name;
    const shared = this.#resolving.get(name) ?? new SharedRead<string>();
    this.#resolving.set(name, shared);
    try {
      return await shared.ask(() => this.#findOrCreate(node, initiator, chap, call));
    } finally {
      this.#resolving.delete(name);
    }
  }

  async #chapOf(initiator: Initiator, targetName: string): Promise<ChapCredentials | null> {
    if (this.#chapKey === null || initiator.kind !== 'iqns') return null;
    return (await this.#chapKey()).credentialsFor(initiator.name, targetName);
  }

  async #lookUp(node: NodeIdentity, initiator: Initiator, call: RestCall): Promise<HostItem | null> {
    const hosts = await findHosts(this.#rest, initiator, call);
    const [first, second] = hosts;
    if (first && second) {
      throw new PsoError(
        'initiator-on-several-hosts',
        `Array ${this.#rest.array}: initiator ${initiator.name} of node ${node.name} belongs to the hosts ${hosts.map(host => host.name).join(' and ')}.`,
        'Give every node an initiator name of its own and remove this one from all hosts but one on the array.',
      );
    }
    return first ?? null;
  }

  async #findOrCreate(
    node: NodeIdentity,
    initiator: Initiator,
    chap: ChapCredentials | null,
    call: RestCall,
  ): Promise<string> {
    const found = await this.#settled(node, initiator, chap, call);
    if (found !== null) return found;
    for (const name of [hostNameOf(node.name), distinctHostNameOf(node.name, initiator.name)]) {
      try {
        await postHost(this.#rest, name, initiator, chap, call);
        return this.#remember(initiator.name, node.name, { name, chapUser: chap?.user ?? null });
      } catch (error) {
        if (!(error instanceof RestError) || !error.says(/already exists|already in use/i)) throw error;
        // Another controller may have been faster; a host of that name with other initiators is another machine.
        const winner = await this.#settled(node, initiator, chap, call);
        if (winner !== null) return winner;
      }
    }
    throw new PsoError(
      'host-name-taken',
      `Array ${this.#rest.array}: no host could be created for node ${node.name}, because its names or its initiator ${initiator.name} are in use by another host.`,
      'Remove the host or the initiator on the array, or give the node another name.',
    );
  }

  async #settled(
    node: NodeIdentity,
    initiator: Initiator,
    chap: ChapCredentials | null,
    call: RestCall,
  ): Promise<string | null> {
    const host = await this.#lookUp(node, initiator, call);
    if (host === null) return null;
    const chapUser = initiator.kind === 'iqns' ? await this.#chap.settle(host, chap, call) : host.chapUser;
    return this.#remember(initiator.name, node.name, { name: host.name, chapUser });
  }

  #remember(initiator: string, nodeName: string, { name, chapUser }: KnownHost): string {
    this.#hostByInitiator.set(initiator, { name, chapUser });
    this.#nodeByHost.set(name, nodeName);
    return name;
  }
}
