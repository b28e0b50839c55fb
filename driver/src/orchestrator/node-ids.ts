import { formatNodeId, parseNodeId } from '../domain/node-id.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import type { Clock } from '../lib/clock.ts';

/** PORT: node_id of every node with this driver, from wherever they are registered. Rejects when that is unknown. */
export interface NodeDirectory {
  nodeIds(): Promise<readonly string[]>;
}

/** A host that stays unknown is somebody else's: it does not make us ask again and again. */
const QUIET_MS = 5 * 60_000;

/** Arrays allow letters, digits and `-` in the names of hosts. */
const keyOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');

/**
 * Arrays know hosts by name or address, Kubernetes by node_id. Learned from publishing; after a restart from the node
 * directory, asked only when a listing meets a host that is not known.
 */
export class NodeIds {
  readonly #clock: Clock;
  readonly #directory: NodeDirectory | null;
  readonly #ids = new Map<string, string>();
  #askedMs = -Infinity;
  #asking: Promise<void> = Promise.resolve();

  constructor(clock: Clock, directory: NodeDirectory | null) {
    this.#clock = clock;
    this.#directory = directory;
  }

  learn(node: NodeIdentity): void {
    const id = formatNodeId(node);
    this.#ids.set(keyOf(node.name), id);
    for (const address of node.addresses) this.#ids.set(keyOf(address), id);
  }

  /** The host's own name when no node is known behind it. */
  async idsOf(hostNames: readonly string[]): Promise<readonly string[]> {
    if (hostNames.some(name => !this.#ids.has(keyOf(name)))) {
      this.#askOnce();
      await this.#asking;
    }
    return [...new Set(hostNames.map(name => this.#ids.get(keyOf(name)) ?? name))];
  }

  #askOnce(): void {
    const nowMs = this.#clock.nowMs();
    if (!this.#directory || nowMs - this.#askedMs < QUIET_MS) return;
    this.#askedMs = nowMs;
    this.#asking = this.#ask(this.#directory);
  }

  async #ask(directory: NodeDirectory): Promise<void> {
    try {
      for (const id of await directory.nodeIds()) this.learn(parseNodeId(id));
    } catch {
      // Names are still true; the attacher repeats a publish, from which the id is learned.
      this.#askedMs = -Infinity;
    }
  }
}
