import type { SanType } from '../../domain/array.ts';
import type { ChapCredentials, ChapKeySource } from '../../domain/chap.ts';
import { PsoError } from '../../domain/errors.ts';
import { withoutInitiator, type NodeIdentity } from '../../domain/node-id.ts';
import { SharedRead } from '../../lib/shared-read.ts';
import { addHostWwns, findHosts, postHost, type HostItem, type Initiator } from '../../rest/flasharray/hosts.ts';
import type { RestCall, RestClient } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { HostChap, isAsWanted } from './host-chap.ts';
import { distinctHostNameOf, hostNameOf, isHostNameOf } from './host-names.ts';

interface KnownHost {
  readonly name: string;
  readonly chapUser: string | null;
}

/** The list of a host in which a node's names for a protocol are. */
const KINDS: Readonly<Record<SanType, Initiator['kind']>> = {
  iscsi: 'iqns',
  'nvme-tcp': 'nqns',
  'nvme-roce': 'nqns',
  fc: 'wwns',
};

const keyOf = ({ names }: Initiator): string => names.join('+');

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
    for (const initiator of this.initiatorsOf(node)) this.#hostByInitiator.delete(keyOf(initiator));
  }

  /** All names of the node, first the one of the protocol in use. */
  initiatorsOf(node: NodeIdentity): readonly Initiator[] {
    const { iqn, nqn, wwpns } = node;
    const all: readonly Initiator[] = [
      ...(iqn === null ? [] : [{ kind: 'iqns' as const, names: [iqn] }]),
      ...(nqn === null ? [] : [{ kind: 'nqns' as const, names: [nqn] }]),
      ...(wwpns.length === 0 ? [] : [{ kind: 'wwns' as const, names: wwpns.map(wwpn => wwpn.toUpperCase()) }]),
    ];
    const own = KINDS[this.#sanType];
    return [...all.filter(({ kind }) => kind === own), ...all.filter(({ kind }) => kind !== own)];
  }

  /** Null when the array has no host with that initiator of the node's. */
  async find(node: NodeIdentity, initiator: Initiator, call: RestCall): Promise<string | null> {
    const cached = this.#hostByInitiator.get(keyOf(initiator));
    if (cached !== undefined) return cached.name;
    const host = await this.#lookUp(node, initiator, call);
    return host && this.#remember(initiator, node.name, host);
  }

  /**
   * The host with the node's initiator, created when there is none, with the CHAP that it should have at the target
   * (null: one that knows no CHAP).
   */
  async ensure(node: NodeIdentity, targetName: string | null, call: RestCall): Promise<string> {
    const initiator = this.initiatorsOf(node).find(({ kind }) => kind === KINDS[this.#sanType]);
    if (!initiator) throw withoutInitiator(node, this.#sanType);
    const name = keyOf(initiator);
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

  async #chapOf({ kind, names }: Initiator, targetName: string | null): Promise<ChapCredentials | null> {
    const [name] = names;
    if (this.#chapKey === null || kind !== 'iqns' || name === undefined || targetName === null) return null;
    return (await this.#chapKey()).credentialsFor(name, targetName);
  }

  async #lookUp(node: NodeIdentity, initiator: Initiator, call: RestCall): Promise<HostItem | null> {
    const hosts = await findHosts(this.#rest, initiator, call);
    const [first, second] = hosts;
    if (first && second) {
      throw new PsoError(
        'initiator-on-several-hosts',
        initiator.names.length === 1
          ? `Array ${this.#rest.array}: initiator ${keyOf(initiator)} of node ${node.name} belongs to the hosts ${hosts.map(host => host.name).join(' and ')}.`
          : `Array ${this.#rest.array}: the initiators ${initiator.names.join(', ')} of node ${node.name} belong to different hosts: ${hosts.map(host => host.name).join(' and ')}.`,
        initiator.names.length === 1
          ? 'Give every node an initiator name of its own and remove this one from all hosts but one on the array.'
          : "Put all of the node's initiators into one host on the array, and take them out of the others.",
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
    for (const name of [hostNameOf(node.name), distinctHostNameOf(node.name, keyOf(initiator))]) {
      try {
        await postHost(this.#rest, name, initiator, chap, call);
        return this.#remember(initiator, node.name, { name, chapUser: chap?.user ?? null });
      } catch (error) {
        if (!(error instanceof RestError) || !error.says(/already exists|already in use/i)) throw error;
        // Another controller may have been faster; a host of that name with other initiators is another machine.
        const winner = await this.#settled(node, initiator, chap, call);
        if (winner !== null) return winner;
      }
    }
    throw new PsoError(
      'host-name-taken',
      `Array ${this.#rest.array}: no host could be created for node ${node.name}, because its names or its initiator ${initiator.names.join(', ')} are in use by another host.`,
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
    this.#checkThatOnly(node, initiator, host);
    if (initiator.kind === 'wwns') await this.#addMissing(initiator, host, call);
    const chapUser = initiator.kind === 'iqns' ? await this.#chap.settle(host, chap, call) : host.chapUser;
    return this.#remember(initiator, node.name, { name: host.name, chapUser });
  }

  /**
   * Two machines in one host would see each other's volumes, and who ends a connection of the one ends the other's.
   * Beside a name of the node's, what is not its own tells of an adapter or a system that was replaced.
   */
  #checkThatOnly(node: NodeIdentity, { kind, names }: Initiator, host: HostItem): void {
    const known = new Set(names.map(name => name.toLowerCase()));
    const isOwn = (name: string): boolean => known.has(name.toLowerCase());
    const others = host[kind].filter(name => !isOwn(name));
    if (others.length === 0 || isHostNameOf(node.name, host.name)) return;
    const own = host[kind].filter(isOwn);
    throw otherMachine(this.#rest.array, node, host.name, own.join(', '), others.join(', '));
  }

  /** Else the volume would have fewer paths than the node's ports see of the array. */
  async #addMissing({ names }: Initiator, host: HostItem, call: RestCall): Promise<void> {
    const missing = names.filter(name => !host.wwns.includes(name));
    if (missing.length > 0) await addHostWwns(this.#rest, host.name, missing, call);
  }

  #remember(initiator: Initiator, nodeName: string, { name, chapUser }: KnownHost): string {
    this.#hostByInitiator.set(keyOf(initiator), { name, chapUser });
    this.#nodeByHost.set(name, nodeName);
    return name;
  }
}

const otherMachine = (array: string, node: NodeIdentity, host: string, own: string, others: string): PsoError =>
  new PsoError(
    'host-of-other-machine',
    `Array ${array}: host ${host} has ${own} of node ${node.name}, but also ${others}, which is not the node's.`,
    `If the host is another machine's, take ${own} off it on the array; if it is the node's, take ${others} off it.`,
  );
