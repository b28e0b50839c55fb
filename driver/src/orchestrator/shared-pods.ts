import type { CallContext, Page } from '../backends/backend.ts';
import { podOf } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Member } from './fleet.ts';

/** What is listed has a name on an array. */
interface Listed {
  readonly handle: VolumeHandle;
}

/** A member of the fleet that told its id. */
export type ReachedMember = Member & { readonly arrayId: string };

export const isReached = (member: Member): member is ReachedMember => member.arrayId !== null;

type Pods = ReadonlyMap<string, readonly string[]>;
type Nodes = ReadonlyMap<string, readonly string[]>;

const NONE = new Map<string, never>();

/** What `read` gives for a key, asked once. */
class Asked<Value> {
  readonly #answers = new Map<string, Promise<Value>>();

  get(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = read();
    this.#answers.set(key, answer);
    return answer;
  }
}

/**
 * Which arrays have a pod together (ActiveCluster), as they say during one call: their volumes are the same ones. Costs
 * nothing for names in no pod, and for others one call an array.
 */
export class SharedPods {
  readonly #members: readonly ReachedMember[];
  readonly #call: CallContext;
  readonly #pods = new Asked<Pods>();
  readonly #nodes = new Asked<Nodes>();

  constructor(members: readonly Member[], call: CallContext) {
    this.#members = members.filter(isReached);
    this.#call = call;
  }

  /** The other arrays of the fleet that have the object, too. Both sides must say so: a pod of one name may be another. */
  async othersOf(member: ReachedMember, name: string): Promise<readonly ReachedMember[]> {
    const pod = podOf(name);
    if (pod === null) return [];
    const ids = (await this.#podsOf(member)).get(pod) ?? [];
    const named = this.#members.filter(other => other.arrayId !== member.arrayId && ids.includes(idOf(other)));
    const answers = await Promise.all(named.map(other => this.#podsOf(other)));
    return named.filter((_, index) => answers[index]?.get(pod)?.includes(idOf(member)));
  }

  /** Whether the objects of one name on several arrays are one. */
  async isOne(name: string, [first, ...rest]: readonly ReachedMember[]): Promise<boolean> {
    if (!first) return false;
    const others = await this.othersOf(first, name);
    return rest.every(member => others.some(({ arrayId }) => arrayId === member.arrayId));
  }

  /** The part of a page that is in this array's list: of what several arrays have, the one of the lowest id lists it. */
  async own<Item extends Listed>(
    member: ReachedMember,
    page: Page<Item>,
  ): Promise<Page<Item & { readonly others: readonly ReachedMember[] }>> {
    const items = await Promise.all(
      page.items.map(async item => ({ ...item, others: await this.othersOf(member, item.handle.name) })),
    );
    return {
      items: items.filter(({ others }) => others.every(other => member.arrayId < other.arrayId)),
      next: page.next,
    };
  }

  /** Names of the nodes that are connected to the volume on that array. */
  async nodesOn(member: ReachedMember, volumeName: string): Promise<readonly string[]> {
    const pod = podOf(volumeName) ?? '';
    const nodes = await this.#nodes.get(
      `${member.arrayId} ${pod}`,
      async () => member.backend.sharedPods?.publishedNodes(pod, this.#call) ?? NONE,
    );
    return nodes.get(volumeName) ?? [];
  }

  #podsOf(member: ReachedMember): Promise<Pods> {
    return this.#pods.get(member.arrayId, async () => member.backend.sharedPods?.list(this.#call) ?? NONE);
  }
}

const idOf = ({ arrayId }: ReachedMember): string => arrayId.toLowerCase();
