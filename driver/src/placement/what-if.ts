import type { ArrayState } from '../domain/array.ts';
import { explain } from './explain.ts';
import { arrayName, expectedBytes, kindOf, NOTHING_RESERVED } from './framework.ts';
import type { Reserved } from './framework.ts';
import { isFitting, nearEquals, place } from './place.ts';
import type { Decision, Fitting, PlacementInput } from './place.ts';
import type { WhatIfArray, WhatIfClaim } from './what-if-answer.ts';

/** One decision after the other, each with what those before it promised, as for claims that are made in turn. */
export function placeInTurn(input: PlacementInput, count: number): readonly Decision[] {
  const bytes = expectedBytes(input.request.sizeBytes, input.policy);
  const decisions: Decision[] = [];
  let { reserved } = input;
  while (decisions.length < count) {
    const decision = place({ ...input, reserved });
    decisions.push(decision);
    const { chosen } = decision;
    if (chosen === null) continue;
    const before = reserved[chosen] ?? NOTHING_RESERVED;
    reserved = { ...reserved, [chosen]: { bytes: before.bytes + bytes, volumes: before.volumes + 1 } };
  }
  return decisions;
}

/** How likely each array is chosen, by endpoint: counts the ordered pairs that `place` may draw. Absent: never. */
export function chances({ verdicts, policy }: Decision): ReadonlyMap<string, number> {
  const near = nearEquals(verdicts.filter(isFitting), policy);
  const pairs = near.length * (near.length - 1);
  return new Map(near.map(one => [one.endpoint, pairs === 0 ? 1 : pairsWon(one, near) / pairs]));
}

/** A cheaper one wins whether it is drawn first or second, an equal one only when first. */
function pairsWon(one: Fitting, near: readonly Fitting[]): number {
  let won = 0;
  for (const other of near) {
    if (other === one) continue;
    if (other.scores.cost > one.scores.cost) won += 2;
    else if (other.scores.cost === one.scores.cost) won += 1;
  }
  return won;
}

export function tellArray(array: ArrayState, reserved: Reserved | undefined, nowMs: number): WhatIfArray {
  const { settings, observation, trouble } = array;
  return {
    endpoint: settings.endpoint,
    name: arrayName(array),
    kind: kindOf(array),
    labels: settings.labels,
    cordoned: settings.cordoned,
    trouble,
    capacity: observation?.capacity ?? null,
    load: observation?.load ?? null,
    protocols: observation?.protocols ?? [],
    dataAgeMs: observation ? Math.max(0, nowMs - observation.observedAtMs) : null,
    supportsQos: observation?.supportsQos ?? true,
    reserved: reserved ?? NOTHING_RESERVED,
  };
}

export function tellClaim(decision: Decision): WhatIfClaim {
  const likely = chances(decision);
  return {
    chosen: decision.chosen,
    runnerUp: decision.runnerUp,
    sentence: explain(decision),
    candidates: decision.verdicts.map(({ endpoint, refusal, scores, tier }) => ({
      endpoint,
      refusal,
      scores,
      tier,
      chance: likely.get(endpoint) ?? 0,
    })),
  };
}
