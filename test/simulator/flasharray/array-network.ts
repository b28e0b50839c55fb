import type { GroupSnapshotRecord, ProtectionGroupRecord } from './records.ts';
import type { ArrayState } from './state.ts';

export type LinkType = 'async-replication' | 'sync-replication';

/** Two arrays that replicate to each other. */
export interface ArrayLink {
  readonly id: string;
  readonly ends: readonly [ArrayState, ArrayState];
  type: LinkType;
  /** Cut by tests: both arrays work, but do not reach each other. */
  isCut: boolean;
}

/** A group snapshot on its way to another array. */
export interface Transfer {
  readonly id: string;
  readonly snapshot: GroupSnapshotRecord;
  readonly source: ArrayState;
  readonly target: ArrayState;
  /** What it will belong to there. */
  readonly replica: ProtectionGroupRecord;
  readonly startedMs: number;
  readonly bytes: number;
  readonly durationMs: number;
  completedMs: number | null;
}

export interface FleetRecord {
  readonly id: string;
  name: string;
  readonly members: Set<ArrayState>;
  key: { readonly text: string; readonly createdMs: number } | null;
}

/** What several simulated arrays share: links, fleets, transfers, and the order in which their objects were made. */
export class ArrayNetwork {
  readonly links: ArrayLink[] = [];
  readonly fleets: FleetRecord[] = [];
  transfers: Transfer[] = [];
  readonly #members = new Map<ArrayState, () => boolean>();
  #objects = 0;

  join(state: ArrayState, isUp: () => boolean): void {
    this.#members.set(state, isUp);
  }

  /** Ascends over all arrays: objects of a stretched pod are listed in one order everywhere. */
  nextObject(): number {
    return ++this.#objects;
  }

  isUp(state: ArrayState): boolean {
    return this.#members.get(state)?.() === true;
  }

  arrays(): Iterable<ArrayState> {
    return this.#members.keys();
  }

  find(name: string): ArrayState | undefined {
    return [...this.#members.keys()].find(state => state.name.toLowerCase() === name.toLowerCase());
  }

  link(one: ArrayState, other: ArrayState, type: LinkType): ArrayLink {
    const link: ArrayLink = { id: one.nextId(), ends: [one, other], type, isCut: false };
    this.links.push(link);
    return link;
  }

  linksOf(state: ArrayState): ArrayLink[] {
    return this.links.filter(({ ends }) => ends.includes(state));
  }

  linkBetween(one: ArrayState, other: ArrayState): ArrayLink | undefined {
    return this.links.find(({ ends }) => ends.includes(one) && ends.includes(other));
  }

  canTalk(one: ArrayState, other: ArrayState): boolean {
    return this.linkBetween(one, other)?.isCut === false && this.isUp(one) && this.isUp(other);
  }

  fleetOf(state: ArrayState): FleetRecord | undefined {
    return this.fleets.find(({ members }) => members.has(state));
  }

  /** Itself and all that it replicates with: calls that touch data take turns among them. */
  neighbours(state: ArrayState): ArrayState[] {
    const others = this.linksOf(state).map(link => otherEnd(link, state));
    return [state, ...others];
  }
}

export function otherEnd({ ends }: ArrayLink, state: ArrayState): ArrayState {
  return ends[0] === state ? ends[1] : ends[0];
}
