import type { SanType } from '../../domain/array.ts';
import { PsoError } from '../../domain/errors.ts';
import { initiatorOf, withoutInitiator, type NodeIdentity } from '../../domain/node-id.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { findHosts, postHost, type Initiator } from '../../rest/flasharray/hosts.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { distinctHostNameOf, hostNameOf } from './host-names.ts';

/** Which host of the array is which node. The initiator decides, never the name. */
export class HostDirectory {
  readonly #rest: RestClient;
  readonly #sanType: SanType;
  readonly #hostByInitiator = new Map<string, string>();
  readonly #nodeByHost = new Map<string, string>();
  /** Many volumes attached to a new node at once need one host. */
  readonly #resolving = new Map<string, SharedRead<string>>();

  constructor(rest: RestClient, sanType: SanType) {
    this.#rest = rest;
    this.#sanType = sanType;
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
    if (cached !== undefined) return cached;
    const hosts = await findHosts(this.#rest, initiator, call);
    const [first, second] = hosts;
    if (first && second) {
      throw new PsoError(
        'initiator-on-several-hosts',
        `Array ${this.#rest.array}: initiator ${initiator.name} of node ${node.name} belongs to the hosts ${hosts.map(host => host.name).join(' and ')}.`,
        'Give every node an initiator name of its own and remove this one from all hosts but one on the array.',
      );
    }
    return first ? this.#remember(initiator.name, node.name, first.name) : null;
  }

  /** The host with the node's initiator, created when there is none. */
  async ensure(node: NodeIdentity, call: RestCall): Promise<string> {
    const own = initiatorOf(node, this.#sanType);
    const initiator = this.initiatorsOf(node).find(({ name }) => name === own);
    if (!initiator) throw withoutInitiator(node, this.#sanType);
    const { name } = initiator;
    const cached = this.#hostByInitiator.get(name);
    if (cached !== undefined) return cached;
    const shared = this.#resolving.get(name) ?? new SharedRead<string>();
    this.#resolving.set(name, shared);
    try {
      return await shared.ask(() => this.#findOrCreate(node, initiator, call));
    } finally {
      this.#resolving.delete(name);
    }
  }

  async #findOrCreate(node: NodeIdentity, initiator: Initiator, call: RestCall): Promise<string> {
    const found = await this.find(node, initiator, call);
    if (found !== null) return found;
    for (const name of [hostNameOf(node.name), distinctHostNameOf(node.name, initiator.name)]) {
      try {
        await postHost(this.#rest, name, initiator, call);
        return this.#remember(initiator.name, node.name, name);
      } catch (error) {
        if (!(error instanceof RestError) || !error.says(/already exists|already in use/i)) throw error;
        // Another controller may have been faster; a host of that name with other initiators is another machine.
        const winner = await this.find(node, initiator, call);
        if (winner !== null) return winner;
      }
    }
    throw new PsoError(
      'host-name-taken',
      `Array ${this.#rest.array}: no host could be created for node ${node.name}, because its names or its initiator ${initiator.name} are in use by another host.`,
      'Remove the host or the initiator on the array, or give the node another name.',
    );
  }

  #remember(initiator: string, nodeName: string, hostName: string): string {
    this.#hostByInitiator.set(initiator, hostName);
    this.#nodeByHost.set(hostName, nodeName);
    return hostName;
  }
}
