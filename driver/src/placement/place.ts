import type { ArrayState, FleetSnapshot } from '../domain/array.ts';
import type { Random } from '../lib/random.ts';
import { capacityFilter } from './filters/capacity.ts';
import { cordonFilter } from './filters/cordon.ts';
import { healthFilter } from './filters/health.ts';
import { kindFilter } from './filters/kind.ts';
import { labelFilter } from './filters/labels.ts';
import { protocolFilter } from './filters/protocol.ts';
import { qosFilter } from './filters/qos.ts';
import { isReachableFrom, topologyFilter } from './filters/topology.ts';
import type { Candidate, CandidateScores, Filter, PlacementPolicy, PlacementRequest, Refusal, Reserved } from './framework.ts'; // prettier-ignore
import { arrayName, labelsOf, NOTHING_RESERVED } from './framework.ts';
import { firstUnmet } from './label-selector.ts';
import { loadScore } from './scores/load.ts';
import { provisionedScore } from './scores/provisioned.ts';
import { spaceScore } from './scores/space.ts';

/** What the administrator decided, before what may pass by itself: the first refusal is the one that is told. */
const STATIC_FILTERS: readonly Filter[] = [kindFilter, cordonFilter, labelFilter, topologyFilter];
const FILTERS: readonly Filter[] = [...STATIC_FILTERS, healthFilter, protocolFilter, qosFilter, capacityFilter];

export interface CandidateVerdict {
  readonly endpoint: string;
  readonly name: string;
  readonly dataAgeMs: number | null;
  readonly refusal: Refusal | null;
  readonly scores: CandidateScores | null;
  /** Smaller is preferred, by topology and then by the class; 0 where nothing is. */
  readonly tier: number;
}

/** The whole decision with its inputs: `replay` gives the same answer. */
export interface Decision {
  readonly request: PlacementRequest;
  readonly policy: PlacementPolicy;
  readonly snapshot: FleetSnapshot;
  /** By endpoint; absent means nothing reserved. */
  readonly reserved: Readonly<Record<string, Reserved>>;
  readonly decidedAtMs: number;
  /** Each a number in [0, 1), in the order in which they were drawn. */
  readonly draws: readonly number[];
  readonly verdicts: readonly CandidateVerdict[];
  /** Endpoints; null when no array fits, or no second one. */
  readonly chosen: string | null;
  readonly runnerUp: string | null;
}

export interface PlacementInput {
  readonly request: PlacementRequest;
  readonly policy: PlacementPolicy;
  readonly snapshot: FleetSnapshot;
  readonly reserved: Readonly<Record<string, Reserved>>;
  readonly nowMs: number;
  readonly random: Random;
}

/** `max` of space and load limits; the provisioned share only separates equals. Never capacity alone. */
function score(request: PlacementRequest, candidate: Candidate, policy: PlacementPolicy): CandidateScores | null {
  const { observation } = candidate.array;
  if (!observation) return null;
  const observed = { ...candidate, observation };
  const space = spaceScore.cost(request, observed, policy);
  const load = loadScore.cost(request, observed, policy);
  const provisioned = provisionedScore.cost(request, observed, policy);
  return { space, load, provisioned, cost: Math.max(space, load) + 0.01 * Math.min(space, load) + 0.05 * provisioned };
}

/** Topology first: a volume is of most use where its pod runs. */
function tierOf({ topology, preferred }: PlacementRequest, array: ArrayState): number {
  const index = topology.preferred.findIndex(segments => isReachableFrom(array.settings.labels, segments));
  const distance = index < 0 ? topology.preferred.length : index;
  if (preferred.length === 0) return distance;
  return 2 * distance + (firstUnmet(preferred, labelsOf(array)) === null ? 0 : 1);
}

function firstRefusal(
  filters: readonly Filter[],
  request: PlacementRequest,
  candidate: Candidate,
  policy: PlacementPolicy,
): Refusal | null {
  for (const filter of filters) {
    const sentence = filter.refuse(request, candidate, policy);
    if (sentence !== null) return { filter: filter.name, class: filter.class, sentence };
  }
  return null;
}

const candidateOf = (array: ArrayState, reserved: Reserved | undefined, nowMs: number): Candidate => ({
  array,
  reserved: reserved ?? NOTHING_RESERVED,
  dataAgeMs: array.observation ? Math.max(0, nowMs - array.observation.observedAtMs) : null,
});

/** Whether an array could hold a volume for this request at another moment: the filters that only people change. */
export const couldHold = (request: PlacementRequest, array: ArrayState, policy: PlacementPolicy): boolean =>
  staticRefusal(request, array, policy) === null;

/** The sentence of the first such filter that refuses; null when it could hold it. */
export const staticRefusal = (request: PlacementRequest, array: ArrayState, policy: PlacementPolicy): string | null =>
  firstRefusal(STATIC_FILTERS, request, candidateOf(array, undefined, 0), policy)?.sentence ?? null;

function judge(array: ArrayState, { request, policy, reserved, nowMs }: PlacementInput): CandidateVerdict {
  const candidate = candidateOf(array, reserved[array.settings.endpoint], nowMs);
  const refusal = firstRefusal(FILTERS, request, candidate, policy);
  return {
    endpoint: array.settings.endpoint,
    name: arrayName(array),
    dataAgeMs: candidate.dataAgeMs,
    refusal,
    scores: refusal ? null : score(request, candidate, policy),
    tier: tierOf(request, array),
  };
}

export type Fitting = CandidateVerdict & { readonly scores: CandidateScores };
export const isFitting = (verdict: CandidateVerdict): verdict is Fitting => verdict.scores !== null;
const byEndpoint = (a: CandidateVerdict, b: CandidateVerdict): number =>
  a.endpoint < b.endpoint ? -1 : a.endpoint > b.endpoint ? 1 : 0;

/** Of the best tier, those whose cost is within the band of the lowest, by endpoint: among them chance decides. */
export function nearEquals(fitting: readonly Fitting[], policy: PlacementPolicy): readonly Fitting[] {
  const bestTier = Math.min(...fitting.map(({ tier }) => tier));
  const eligible = fitting.filter(({ tier }) => tier === bestTier);
  const lowest = Math.min(...eligible.map(({ scores }) => scores.cost));
  return eligible.filter(({ scores }) => scores.cost <= lowest + policy.nearEqualBand).sort(byEndpoint);
}

/** Power of two choices: of two near-equals drawn by chance the cheaper one; old figures then mislead no herd. */
function choose(
  fitting: readonly Fitting[],
  policy: PlacementPolicy,
  random: Random,
): readonly [Fitting, Fitting | null] | null {
  const near = nearEquals(fitting, policy);
  const [only] = near;
  if (!only) return null;
  if (near.length === 1) return [only, cheapestOther(fitting, only)];
  const first = Math.floor(random() * near.length);
  const second = (first + 1 + Math.floor(random() * (near.length - 1))) % near.length;
  const [a, b] = [near[first] ?? only, near[second] ?? only];
  return b.scores.cost < a.scores.cost ? [b, a] : [a, b];
}

function cheapestOther(fitting: readonly Fitting[], chosen: Fitting): Fitting | null {
  let best: Fitting | null = null;
  for (const other of fitting) {
    if (other.endpoint === chosen.endpoint) continue;
    if (
      !best ||
      other.scores.cost < best.scores.cost ||
      (other.scores.cost === best.scores.cost && byEndpoint(other, best) < 0)
    )
      best = other;
  }
  return best;
}

/** Filter, score, draw. Pure but for the draws, which are recorded. */
export function place(input: PlacementInput): Decision {
  const draws: number[] = [];
  const random = () => {
    const draw = input.random();
    draws.push(draw);
    return draw;
  };
  const verdicts = input.snapshot.arrays.map(array => judge(array, input));
  const choice = choose(verdicts.filter(isFitting), input.policy, random);
  return {
    request: input.request,
    policy: input.policy,
    snapshot: input.snapshot,
    reserved: input.reserved,
    decidedAtMs: input.nowMs,
    draws,
    verdicts,
    chosen: choice?.[0].endpoint ?? null,
    runnerUp: choice?.[1]?.endpoint ?? null,
  };
}

/** Decides again from what a decision recorded. */
export function replay(decision: Decision): Decision {
  let index = 0;
  return place({
    request: decision.request,
    policy: decision.policy,
    snapshot: decision.snapshot,
    reserved: decision.reserved,
    nowMs: decision.decidedAtMs,
    random: () => decision.draws[index++] ?? 0,
  });
}
