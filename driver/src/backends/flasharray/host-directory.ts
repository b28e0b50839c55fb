import { PsoError } from '../../domain/errors.ts';
import type { NodeIdentity } from '../../domain/node-id.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { findHostsByIqn, postHost } from '../../rest/flasharray/hosts.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { distinctHostNameOf, hostNameOf } from './host-names.ts';

/** Which host of the array is which node. The initiator decides, never the name. */
export class HostDirectory {
  readonly #rest: RestClient;
  readonly #hostByIqn = new Map<string, string>();
  readonly #nodeByHost = new Map<string, string>();
  /** Many volumes attached to a new node at once need one host. */
  readonly #resolving = new Map<string, SharedRead<string>>();

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** The node behind a host, as far as this process has met it; else the host's own name. */
  nodeNameOf(hostName: string): string {
    return this.#nodeByHost.get(hostName) ?? hostName;
  }

  forget(node: NodeIdentity): void {
    if (node.iqn !== null) this.#hostByIqn.delete(node.iqn);
  }

  /** Null when the array has no host with the node's initiator. */
  async find(node: NodeIdentity, call: RestCall): Promise<string | null> {
    if (node.iqn === null) return null;
    const cached = this.#hostByIqn.get(node.iqn);
    if (cached !== undefined) return cached;
    const hosts = await findHostsByIqn(this.#rest, node.iqn, call);
    const [first, second] = hosts;
    if (first && second) {
      throw new PsoError(
        'initiator-on-several-hosts',
        `Array ${this.#rest.array}: initiator ${node.iqn} of node ${node.name} belongs to the hosts ${hosts.map(host => host.name).join(' and ')}.`,
        'Give every node an initiator name of its own and remove this one from all hosts but one on the array.',
      );
    }
    return first ? this.#remember(node.iqn, node.name, first.name) : null;
  }

  /** The host with the node's initiator, created when there is none. */
  async ensure(node: NodeIdentity, call: RestCall): Promise<string> {
    const { iqn } = node;
    if (iqn === null) {
      throw new PsoError(
        'node-without-initiator',
        `Node ${node.name} has no iSCSI initiator name.`,
        'Install open-iscsi on the node, check /etc/iscsi/initiatorname.iscsi and restart the node plugin.',
      );
    }
    const cached = this.#hostByIqn.get(iqn);
    if (cached !== undefined) return cached;
    const shared = this.#resolving.get(iqn) ?? new SharedRead<string>();
    this.#resolving.set(iqn, shared);
    try {
      return await shared.ask(() => this.#findOrCreate(node, iqn, call));
    } finally {
      this.#resolving.delete(iqn);
    }
  }

  async #findOrCreate(node: NodeIdentity, iqn: string, call: RestCall): Promise<string> {
    const found = await this.find(node, call);
    if (found !== null) return found;
    for (const name of [hostNameOf(node.name), distinctHostNameOf(node.name, iqn)]) {
      try {
        await postHost(this.#rest, name, iqn, call);
        return this.#remember(iqn, node.name, name);
      } catch (error) {
        if (!(error instanceof RestError) || !error.says(/already exists|already in use/i)) throw error;
        // Another controller may have been faster; a host of that name with other initiators is another machine.
        const winner = await this.find(node, call);
        if (winner !== null) return winner;
      }
    }
    throw new PsoError(
      'host-name-taken',
      `Array ${this.#rest.array}: no host could be created for node ${node.name}, because its names or its initiator ${iqn} are in use by another host.`,
      'Remove the host or the initiator on the array, or give the node another name.',
    );
  }

  #remember(iqn: string, nodeName: string, hostName: string): string {
    this.#hostByIqn.set(iqn, hostName);
    this.#nodeByHost.set(hostName, nodeName);
    return hostName;
  }
}
