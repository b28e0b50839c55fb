import type { Dice } from './dice.ts';

/** What can happen to one call of an array. */
export const FAULTS = [
  'refused', 'reset-before', 'answer-lost', '401', '403', '429', '500', '503', 'slow-answer', 'slow-array',
  'truncated-json', 'html', 'crash-before', 'crash-after', 'delivered-twice',
] as const; // prettier-ignore
export type Fault = (typeof FAULTS)[number];

/** How often each fault struck each call site (`METHOD resource`). */
export class Coverage {
  readonly sites = new Map<string, Map<Fault | 'none', number>>();

  count(site: string, fault: Fault | 'none'): void {
    const cells = this.sites.get(site) ?? new Map<Fault | 'none', number>();
    cells.set(fault, (cells.get(fault) ?? 0) + 1);
    this.sites.set(site, cells);
  }

  /** Share of cells that were struck at least `hits` times, 0 … 1. */
  share(hits: number): number {
    const cells = [...this.sites.values()].flatMap(site => FAULTS.map(fault => (site.get(fault) ?? 0) >= hits));
    return cells.length === 0 ? 0 : cells.filter(Boolean).length / cells.length;
  }

  missing(hits: number): readonly string[] {
    return [...this.sites].flatMap(([site, cells]) =>
      FAULTS.filter(fault => (cells.get(fault) ?? 0) < hits).map(fault => `${fault} at ${site}`),
    );
  }
}

/** Decides call by call; switched off, everything works. */
export interface FaultPlan {
  strike(site: string): Fault | null;
}

/** Each run uses some kinds of faults only ("swarm"): with all of them at once the rare courses would never come. */
export function swarmPlan(dice: Dice): FaultPlan & { heal(): void } {
  const kinds = FAULTS.filter(() => dice.chance(0.35));
  const rate = kinds.length === 0 ? 0 : dice.pick([0.01, 0.03, 0.08, 0.2]);
  let isHealed = false;
  return {
    strike: () => {
      if (isHealed || !dice.chance(rate)) return null;
      const fault = dice.pick(kinds);
      // A crash takes every call in flight with it; too many, and nothing else is seen.
      return fault.startsWith('crash') && !dice.chance(0.3) ? null : fault;
    },
    heal: () => {
      isHealed = true;
    },
  };
}

export const NO_FAULTS: FaultPlan = { strike: () => null };
